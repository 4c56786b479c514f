; The installer for Windows: for one user, without an administrator, upgraded in place; projects are never touched.
;
;   makensis -DVERSION=0.1.0 -DFROM=folder -DTO=installer.exe [-DTARGET=amd64-unicode] fairdraw.nsi
;
; FROM holds the packed programs and their papers. /S installs and removes without a question, /D=folder elsewhere.
; Exit codes: 0 done, 1 given up by the user, 2 could not (the program is running, the folder can't be written).

!ifdef TARGET
  Target ${TARGET}
!else
  Unicode true
!endif
ManifestSupportedOS all
ManifestDPIAware true
ManifestLongPathAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 64

!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "x64.nsh"
!include "FileFunc.nsh"

!define PRODUCT "FairDraw 双随机执法计划工作站"
!define SHORT "FairDraw 工作站"
!define WINDOW_PROGRAM "FairDraw 工作站.exe"
!define CONSOLE_PROGRAM "fairdraw.exe"
; never changed: by it a later version finds this one
!define ID "{6F2B1C6E-6B0B-4B58-9C53-7C0F2A3D9E41}"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
!define PROJECT_CLASS "FairDraw.Project"

Name "${PRODUCT}"
OutFile "${TO}"
InstallDir "$LOCALAPPDATA\Programs\FairDraw"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "${PRODUCT} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=2052 "ProductName" "${PRODUCT}"
VIAddVersionKey /LANG=2052 "FileDescription" "${PRODUCT} 安装程序"
VIAddVersionKey /LANG=2052 "CompanyName" "FairDraw"
VIAddVersionKey /LANG=2052 "LegalCopyright" "MIT 或 Apache-2.0 许可"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "ProductVersion" "${VERSION}"

!define MUI_ICON "..\icon\fairdraw.ico"
!define MUI_UNICON "..\icon\fairdraw.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "panel.bmp"
!define MUI_UNWELCOMEFINISHPAGE_BITMAP "panel.bmp"
!define MUI_WELCOMEPAGE_TEXT "将为当前用户安装 ${PRODUCT} ${VERSION}，不需要管理员权限。$\r$\n$\r$\n已装有旧版的，在原处升级；项目文件夹与设置不受影响。$\r$\n$\r$\n安装前请关闭正在运行的工作站。"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${WINDOW_PROGRAM}"
!define MUI_FINISHPAGE_RUN_TEXT "打开工作站"
!define MUI_UNCONFIRMPAGE_TEXT_TOP "将移除程序。项目文件夹与设置都会保留。"

!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"

; A program that runs can't be replaced or removed: its file does not open for writing.
!macro MUST_NOT_RUN un
Function ${un}MustNotRun
  again:
  ${If} ${FileExists} "$INSTDIR\${CONSOLE_PROGRAM}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${CONSOLE_PROGRAM}" a
    ${If} ${Errors}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "工作站正在运行，或文件夹不能写入：$INSTDIR$\r$\n请关闭工作站后重试。" /SD IDCANCEL IDRETRY again
      SetErrorLevel 2
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
FunctionEnd
!macroend
!insertmacro MUST_NOT_RUN ""
!insertmacro MUST_NOT_RUN "un."

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "本程序需要 64 位的 Windows。" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
FunctionEnd

Section "-程序"
  Call MustNotRun
  ClearErrors
  SetOutPath "$INSTDIR"
  File "${FROM}\${CONSOLE_PROGRAM}"
  File "${FROM}\${WINDOW_PROGRAM}"
  File "${FROM}\使用说明.txt"
  File "${FROM}\许可.txt"
  File "${FROM}\第三方许可.txt"
  File "${FROM}\sbom.cdx.json"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONSTOP "不能写入文件夹：$INSTDIR" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  WriteUninstaller "$INSTDIR\卸载.exe"

  CreateShortCut "$SMPROGRAMS\${SHORT}.lnk" "$INSTDIR\${WINDOW_PROGRAM}" "" "$INSTDIR\${WINDOW_PROGRAM}" 0 SW_SHOWNORMAL "" "${PRODUCT}"

  ; a project is opened by a double click on its file
  WriteRegStr HKCU "Software\Classes\.fairdraw" "" "${PROJECT_CLASS}"
  WriteRegStr HKCU "Software\Classes\.fairdraw" "Content Type" "application/x-fairdraw"
  WriteRegStr HKCU "Software\Classes\${PROJECT_CLASS}" "" "FairDraw 项目"
  WriteRegStr HKCU "Software\Classes\${PROJECT_CLASS}\DefaultIcon" "" "$\"$INSTDIR\${WINDOW_PROGRAM}$\",0"
  WriteRegStr HKCU "Software\Classes\${PROJECT_CLASS}\shell\open" "" "在工作站中打开"
  WriteRegStr HKCU "Software\Classes\${PROJECT_CLASS}\shell\open\command" "" "$\"$INSTDIR\${WINDOW_PROGRAM}$\" $\"%1$\""

  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${PRODUCT}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${WINDOW_PROGRAM}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "FairDraw"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" "$\"$INSTDIR\卸载.exe$\""
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" "$\"$INSTDIR\卸载.exe$\" /S"
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K /G=0" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $0

  ; the desktop reads its associations anew
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section "Uninstall"
  Call un.MustNotRun
  ; what was installed, by name: a project that someone keeps in this folder stays, and so do the program's settings
  Delete "$INSTDIR\${CONSOLE_PROGRAM}"
  Delete "$INSTDIR\${WINDOW_PROGRAM}"
  Delete "$INSTDIR\使用说明.txt"
  Delete "$INSTDIR\许可.txt"
  Delete "$INSTDIR\第三方许可.txt"
  Delete "$INSTDIR\sbom.cdx.json"
  Delete "$INSTDIR\卸载.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${SHORT}.lnk"

  ReadRegStr $0 HKCU "Software\Classes\.fairdraw" ""
  ${If} $0 == "${PROJECT_CLASS}"
    DeleteRegKey HKCU "Software\Classes\.fairdraw"
  ${EndIf}
  DeleteRegKey HKCU "Software\Classes\${PROJECT_CLASS}"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd
