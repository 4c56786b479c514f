//! Pages and XML that call themselves .xls.

use super::*;

#[test]
fn pages_and_xml_that_call_themselves_xls() {
    let page = "<html><head><meta http-equiv=Content-Type content=\"text/html; charset=gb2312\"><style>td{x:\"<b>\"}</style>\
        </head><body><table border=1><tr><td colspan=3 align=center>2026年污染源名录</td></tr>\
        <tr><th rowspan=2>编号<th>名称<th>地址</tr><tr><td>全称<td>街道</tr>\
        <tr><td>001</td><td>某某&nbsp;厂<br>二车间</td><td> A &lt; B </td></tr><tr><td>&nbsp;</td></tr></table>\
        <p>完</p></body></html>";
    let bytes = encoding_rs::GB18030.encode(page).0.into_owned();
    for name in ["t.xls", "t.html", "t.csv"] {
        let (tables, diagnostics) = load_bytes(name, &bytes);
        let expected = expect(&[
            (1, &["2026年污染源名录"]),
            (2, &["编号", "名称", "地址"]),
            (3, &["", "全称", "街道"]),
            (4, &["001", "某某\u{A0}厂\n二车间", "A < B"]),
        ]);
        assert_eq!(rows(&tables[0]), expected);
        assert_eq!(diagnostics.count_code("RAW-029"), u64::from(name != "t.html"));
    }
    let xml = r#"<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Worksheet ss:Name="名录"><Table><Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">标题</Data></Cell>
 <Cell><Data ss:Type="String">c</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell></Row>
 <Row><Cell ss:Index="2"><Data ss:Type="Number">12.50</Data></Cell><Cell><Data ss:Type="DateTime">2026-03-01T00:00:00.000</Data></Cell>
 <Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="Error">#N/A</Data></Cell></Row></Table>
 <WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"#;
    let (tables, diagnostics) = load_bytes("t.xls", xml.as_bytes());
    let expected = expect(&[(2, &["标题", "", "c"]), (3, &["", "12.5", "2026-03-01", "TRUE", "#N/A"])]);
    assert_eq!(rows(&tables[0]), expected);
    assert_eq!(diagnostics.count_code("RAW-030"), 1);
    // A csv under the name of a workbook.
    let (tables, diagnostics) = load_bytes("t.xls", "编号,名称\n1,某某厂\n".as_bytes());
    assert_eq!((tables[0].rows.len(), diagnostics.count_code("RAW-029")), (2, 1));
}
