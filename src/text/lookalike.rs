//! Characters that look like others: the radicals and compatibility ideographs that PDF readers and old systems put in
//! the place of ordinary Chinese characters. They are the same writing under another number (Unicode's compatibility
//! decomposition), and a heading or a name with one of them meets nobody.

/// The ordinary character of a Kangxi radical or a CJK compatibility ideograph; any other is its own.
#[must_use]
pub fn unified(c: char) -> char {
    let (from, to) = match c {
        '\u{2f00}'..='\u{2fd5}' => ('\u{2f00}', KANGXI),
        '\u{f900}'..='\u{fad9}' => ('\u{f900}', COMPATIBILITY),
        _ => return c,
    };
    // All of them take three bytes.
    let at = 3 * (u32::from(c) - u32::from(from)) as usize;
    to.get(at..at + 3).and_then(|found| found.chars().next()).filter(|found| *found != '\u{fffd}').unwrap_or(c)
}

/// U+2F00 to U+2FD5.
const KANGXI: &str = "\
    一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾\
    干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生\
    用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷\
    豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻\
    黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

/// U+F900 to U+FAD9; U+FFFD for the few that decompose to a character beyond three bytes.
const COMPATIBILITY: &str = "\
    豈更車賈滑串句龜龜契金喇奈懶癩羅蘿螺裸邏樂洛烙珞落酪駱亂卵欄爛蘭鸞嵐濫藍襤拉臘蠟廊朗浪狼郎來冷勞擄櫓\
    爐盧老蘆虜路露魯鷺碌祿綠菉錄鹿論壟弄籠聾牢磊賂雷壘屢樓淚漏累縷陋勒肋凜凌稜綾菱陵讀拏樂諾丹寧怒率異北\
    磻便復不泌數索參塞省葉說殺辰沈拾若掠略亮兩凉梁糧良諒量勵呂女廬旅濾礪閭驪麗黎力曆歷轢年憐戀撚漣煉璉秊\
    練聯輦蓮連鍊列劣咽烈裂說廉念捻殮簾獵令囹寧嶺怜玲瑩羚聆鈴零靈領例禮醴隸惡了僚寮尿料樂燎療蓼遼龍暈阮劉\
    杻柳流溜琉留硫紐類六戮陸倫崙淪輪律慄栗率隆利吏履易李梨泥理痢罹裏裡里離匿溺吝燐璘藺隣鱗麟林淋臨立笠粒\
    狀炙識什茶刺切度拓糖宅洞暴輻行降見廓兀嗀﨎﨏塚﨑晴﨓﨔凞猪益礼神祥福靖精羽﨟蘒﨡諸﨣﨤逸都﨧﨨﨩飯飼\
    館鶴郞隷侮僧免勉勤卑喝嘆器塀墨層屮悔慨憎懲敏既暑梅海渚漢煮爫琢碑社祉祈祐祖祝禍禎穀突節練縉繁署者臭艹\
    艹著褐視謁謹賓贈辶逸難響頻恵�舘﩮﩯並况全侀充冀勇勺喝啕喙嗢塚墳奄奔婢嬨廒廙彩徭惘慎愈憎慠懲戴揄搜摒\
    敖晴朗望杖歹殺流滛滋漢瀞煮瞧爵犯猪瑱甆画瘝瘟益盛直睊着磌窱節类絛練缾者荒華蝹襁覆視調諸請謁諾諭謹變贈\
    輸遲醙鉶陼難靖韛響頋頻鬒龜���㮝䀘䀹���齃龎";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_and_compatibility_ideographs_are_ordinary_characters() {
        assert!(KANGXI.len() == 3 * 214 && COMPATIBILITY.len() == 3 * 474);
        for (odd, plain) in [
            ('⾦', '金'),
            ('⾼', '高'),
            ('⽅', '方'),
            ('⼀', '一'),
            ('⿕', '龠'),
            ('\u{f90a}', '金'),
            ('\u{f98a}', '力'),
            ('\u{fa46}', '渚'),
        ] {
            assert_eq!(unified(odd), plain);
        }
        for same in ['金', 'a', '⺁', '（', '𠮷'] {
            assert_eq!(unified(same), same);
        }
    }
}
