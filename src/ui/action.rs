//! What menus, shortcuts and the palette offer: one enum with name, shortcut and when it can be done.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::screens::ScreenId;
use super::text::{database, sharing, support};
use crate::workspace::session::Session;

/// Something the user can ask for without more words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Go to a screen.
    Go(ScreenId),
    /// Import an office's folder.
    Import,
    /// Import tables of a database.
    ImportDatabase,
    /// Read the register of the open project afresh.
    Refresh,
    /// Open a project folder.
    OpenProject,
    /// Open the demo city.
    OpenDemo,
    /// Save the draft.
    Save,
    /// Throw the draft away.
    Revert,
    /// Step back.
    Undo,
    /// Step forward.
    Redo,
    /// Export the plan and the month's lists.
    Export,
    /// Take results in.
    TakeResults,
    /// Take another map.
    LoadDistricts,
    /// Take another calendar.
    LoadCalendar,
    /// Templates of documents: the product's and the office's own.
    Templates,
    /// Projects on a server: this one put there, who takes part, another one joined.
    Sharing,
    /// Change the operator's name.
    Operator,
    /// The palette.
    Palette,
    /// The search field of the screen.
    Find,
    /// The month before.
    PreviousMonth,
    /// The month after.
    NextMonth,
    /// Whole city, all bodies, nothing selected.
    ClearFilter,
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// 100 %.
    ZoomReset,
    /// Light or dark.
    ToggleTheme,
    /// The theme of high contrast, or back to the system's.
    ToggleContrast,
    /// Motion on or off.
    ToggleMotion,
    /// Hides what names a unit, or shows it again.
    ToggleVeil,
    /// The ceremony alone on the whole screen, or back.
    ToggleStage,
    /// Shortcuts and how to begin.
    Help,
    /// The pack that goes to whoever helps.
    Diagnostics,
    /// Close the window.
    Quit,
}

impl Action {
    /// All, in the order of the palette.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = ScreenId::ALL.into_iter().map(Self::Go).collect();
        all.extend([
            Self::Import,
            Self::ImportDatabase,
            Self::Refresh,
            Self::OpenProject,
            Self::OpenDemo,
            Self::Save,
            Self::Revert,
            Self::Undo,
            Self::Redo,
            Self::Export,
            Self::TakeResults,
            Self::LoadDistricts,
            Self::LoadCalendar,
            Self::Templates,
            Self::Sharing,
            Self::Operator,
            Self::Palette,
            Self::Find,
            Self::PreviousMonth,
            Self::NextMonth,
            Self::ClearFilter,
            Self::ZoomIn,
            Self::ZoomOut,
            Self::ZoomReset,
            Self::ToggleTheme,
            Self::ToggleContrast,
            Self::ToggleMotion,
            Self::ToggleVeil,
            Self::ToggleStage,
            Self::Help,
            Self::Diagnostics,
            Self::Quit,
        ]);
        all
    }

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Go(screen) => screen.label(),
            Self::Import => "导入本单位数据…",
            Self::ImportDatabase => database::OPEN,
            Self::Refresh => "更新名录…",
            Self::OpenProject => "打开项目…",
            Self::OpenDemo => "打开演示城市",
            Self::Save => "保存",
            Self::Revert => "放弃草稿，回到已保存的状态",
            Self::Undo => "撤销",
            Self::Redo => "重做",
            Self::Export => "导出计划与清单…",
            Self::TakeResults => "导入检查结果…",
            Self::LoadDistricts => "更换区划图（.shp）…",
            Self::LoadCalendar => "更换工作日历（.csv）…",
            Self::Templates => "文档模板…",
            Self::Sharing => sharing::OPEN,
            Self::Operator => "操作人姓名…",
            Self::Palette => "命令面板",
            Self::Find => "查找",
            Self::PreviousMonth => "上一个月",
            Self::NextMonth => "下一个月",
            Self::ClearFilter => "清除筛选与选择",
            Self::ZoomIn => "放大",
            Self::ZoomOut => "缩小",
            Self::ZoomReset => "实际大小",
            Self::ToggleTheme => "切换浅色与深色",
            Self::ToggleContrast => "高对比（黑底白字）",
            Self::ToggleMotion => "开关动画",
            Self::ToggleVeil => "保密遮盖",
            Self::ToggleStage => "全屏抽取",
            Self::Help => "快捷键与入门",
            Self::Diagnostics => support::OPEN,
            Self::Quit => "退出",
        }
    }

    /// The keys.
    #[must_use]
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let ctrl = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND, key));
        let plain = |key| Some(KeyboardShortcut::new(Modifiers::NONE, key));
        let alt = |key| Some(KeyboardShortcut::new(Modifiers::ALT, key));
        match self {
            // by the key that every program shows pages with
            Self::Go(ScreenId::Briefing) => plain(Key::F5),
            Self::Go(screen) => {
                let keys =
                    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
                let mut numbered = ScreenId::ALL.into_iter().filter(|screen| *screen != ScreenId::Briefing);
                let at = numbered.position(|s| s == screen)?;
                ctrl(*keys.get(at)?)
            }
            Self::Import => ctrl(Key::I),
            Self::OpenProject => ctrl(Key::O),
            Self::Save => ctrl(Key::S),
            Self::Undo => ctrl(Key::Z),
            Self::Redo => ctrl(Key::Y),
            Self::Export => ctrl(Key::E),
            Self::Palette => ctrl(Key::K),
            Self::Find => ctrl(Key::F),
            Self::PreviousMonth => alt(Key::PageUp),
            Self::NextMonth => alt(Key::PageDown),
            Self::ZoomIn => ctrl(Key::Equals),
            Self::ZoomOut => ctrl(Key::Minus),
            Self::ZoomReset => ctrl(Key::Num0),
            Self::Help => plain(Key::F1),
            Self::ToggleVeil => plain(Key::F8),
            Self::ToggleStage => plain(Key::F11),
            Self::Quit => ctrl(Key::Q),
            _ => None,
        }
    }

    /// The keys in words: `Ctrl+S`.
    #[must_use]
    pub fn shortcut_text(self) -> String {
        self.shortcut().map_or_else(String::new, |keys| {
            let mut text = String::new();
            if keys.modifiers.command || keys.modifiers.ctrl {
                text.push_str("Ctrl+");
            }
            if keys.modifiers.alt {
                text.push_str("Alt+");
            }
            text.push_str(match keys.logical_key {
                Key::Equals => "+",
                Key::Minus => "-",
                key => key.name(),
            });
            text
        })
    }

    /// True where it can be done now.
    #[must_use]
    pub fn is_enabled(self, session: &Session) -> bool {
        let open = session.project();
        match self {
            Self::Save | Self::Revert => open.is_some_and(|o| o.draft.is_changed()),
            Self::Undo => open.is_some_and(|o| o.draft.undo_label().is_some()),
            Self::Redo => open.is_some_and(|o| o.draft.redo_label().is_some()),
            Self::Refresh | Self::Export | Self::TakeResults | Self::LoadDistricts | Self::LoadCalendar => {
                open.is_some_and(|o| !o.saved.is_read_only()) && !session.is_acting()
            }
            Self::PreviousMonth | Self::NextMonth | Self::ToggleStage | Self::Templates => open.is_some(),
            _ => true,
        }
    }
}
