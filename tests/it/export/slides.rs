//! Decks: the presentation read back as a package, the PDF by its text, the pictures by their size.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use fairdraw::chart::{Axis, Bars, Chart, ChartKind, ChoroplethMap, Ink, MapDistrict, Series};
use fairdraw::export::documents::{Fonts, Template, Templates, Typesetter, preview_template};
use fairdraw::export::pdf_text;
use fairdraw::export::slides::{
    Deck, Slide, SlideColumn, SlideFigure, SlidePicture, SlideTable, render_deck_pdf, render_deck_pngs, render_pptx,
};
use quick_xml::Reader as Xml;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::created;

fn chart() -> Chart {
    Chart {
        title: "甲区落后".to_owned(),
        x: Axis::new("执法主体", ""),
        y: Axis::new("检查", "次"),
        source: String::new(),
        kind: ChartKind::Bars(Bars {
            labels: vec!["甲区生态环境局".to_owned(), "乙区生态环境局".to_owned()],
            series: vec![Series::new("已完成", Ink::Green, vec![12.0, 30.0])],
            ..Bars::default()
        }),
    }
}

fn map() -> ChoroplethMap {
    let ring = vec![(121.0, 31.0), (122.0, 31.0), (122.0, 32.0), (121.0, 32.0), (121.0, 31.0)];
    ChoroplethMap {
        measure: "完成率（%）".to_owned(),
        classes: vec!["40".to_owned()],
        districts: vec![MapDistrict {
            name: "甲区".to_owned(),
            polygons: vec![vec![ring]],
            class: Some(0),
            value: "40".to_owned(),
        }],
        ..ChoroplethMap::default()
    }
}

fn deck() -> Deck {
    let figure = |label: &str, value: &str| SlideFigure {
        label: label.to_owned(),
        value: value.to_owned(),
        unit: "项".to_owned(),
        ..SlideFigure::default()
    };
    let table = SlideTable {
        columns: vec![SlideColumn::text("执法主体", 3), SlideColumn::number("已完成", 1)],
        rows: vec![
            vec!["上海犇淼鑫区 <A&B> 局".to_owned(), "1,234".to_owned()],
            vec!["全市".to_owned(), "1,234".to_owned()],
        ],
        total: true,
    };
    Deck {
        title: "2027 年双随机检查工作简报".to_owned(),
        agency: "某市生态环境局".to_owned(),
        day: "截至 2027 年 3 月 5 日".to_owned(),
        mark: Some("模拟数据".to_owned()),
        slides: vec![
            Slide {
                cover: true,
                title: "2027 年双随机检查工作简报".to_owned(),
                lead: vec!["某市生态环境局".to_owned()],
                ..Slide::default()
            },
            Slide {
                title: "甲区落后于进度".to_owned(),
                figures: vec![figure("已完成", "42"), figure("逾期", "3")],
                picture: Some(SlidePicture::Chart(chart())),
                notes: "第一句\n第二句 & 更多".to_owned(),
                ..Slide::default()
            },
            Slide {
                title: "各区进度".to_owned(),
                picture: Some(SlidePicture::Map(map())),
                table: Some(table),
                lines: vec!["自拟的一句".to_owned()],
                ..Slide::default()
            },
        ],
    }
}

/// The parts of a package by name.
fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut file = zip.by_index(at).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// Every value of an attribute of the elements of a name, in a part that must be well-formed.
fn attributes(xml: &[u8], element: &str, attribute: &str) -> Vec<String> {
    let mut reader = Xml::from_reader(xml);
    let (mut found, mut depth) = (Vec::new(), 0);
    let mut buffer = Vec::new();
    loop {
        let event = reader.read_event_into(&mut buffer).unwrap();
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
        if let Event::Start(tag) | Event::Empty(tag) = &event
            && tag.name().as_ref() == element
        {
            let value = tag.attributes().map(Result::unwrap).find(|a| a.key.as_ref() == attribute);
            found.extend(value.map(|a| a.value.into_owned()));
        }
        buffer.clear();
    }
    assert_eq!(depth, 0, "well-formed");
    found
}

/// A target of a relation as the name of a part.
fn resolved(part: &str, target: &str) -> String {
    let mut path: Vec<&str> = part.split('/').collect();
    path.pop();
    for step in target.split('/') {
        match step {
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

#[test]
fn a_presentation_is_a_sound_package_with_its_texts() {
    let bytes = render_pptx(&deck(), "fairdraw 0.1.0", created()).unwrap();
    let parts = parts(&bytes);
    let types = attributes(&parts["[Content_Types].xml"], "Override", "PartName");
    for (name, content) in &parts {
        if name.ends_with(".xml") || name.ends_with(".rels") {
            attributes(content, "x", "x");
        }
        // each part has a type: its own, or that of its ending
        let own = types.contains(&format!("/{name}"));
        assert!(own || name.ends_with(".rels") || name.ends_with(".png") || name == "[Content_Types].xml", "{name}");
    }
    assert!(types.iter().all(|name| parts.contains_key(name.trim_start_matches('/'))), "{types:?}");
    for (name, content) in parts.iter().filter(|(name, _)| name.ends_with(".rels")) {
        let part = name.replace("_rels/", "").replace(".rels", "");
        let ids = attributes(content, "Relationship", "Id");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}");
        for target in attributes(content, "Relationship", "Target") {
            assert!(parts.contains_key(&resolved(&part, &target)), "{name}: {target}");
        }
    }
    let presentation = &parts["ppt/presentation.xml"];
    let ids = attributes(presentation, "p:sldId", "id");
    assert_eq!(ids, ["256", "257", "258"]);
    let text = |name: &str| String::from_utf8(parts[name].clone()).unwrap();
    for at in 1..=3 {
        let ids = attributes(&parts[&format!("ppt/slides/slide{at}.xml")], "p:cNvPr", "id");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "shapes have ids of their own");
    }
    // titles stand in title placeholders, figures and cells as texts, charts as pictures with their words
    let second = text("ppt/slides/slide2.xml");
    assert!(second.contains("<p:ph type=\"title\"/>") && second.contains("<a:t>甲区落后于进度</a:t>"));
    assert!(
        second.contains("<a:t>42</a:t>") && second.contains("r:embed=\"rId3\"") && second.contains("descr=\"甲区落后")
    );
    let third = text("ppt/slides/slide3.xml");
    assert!(third.contains("<a:tbl>") && third.contains("<a:t>上海犇淼鑫区 &lt;A&amp;B&gt; 局</a:t>"));
    assert_eq!(third.matches("<a:tr ").count(), 3);
    assert!(third.contains("<a:t>自拟的一句</a:t>") && third.contains("模拟数据"));
    let notes = text("ppt/notesSlides/notesSlide2.xml");
    assert!(notes.contains("<a:t>第一句</a:t>") && notes.contains("<a:t>第二句 &amp; 更多</a:t>"));
    assert!(parts["ppt/media/image2.png"].starts_with(b"\x89PNG"));
    assert_eq!(render_pptx(&deck(), "fairdraw 0.1.0", created()).unwrap(), bytes, "the same deck, the same bytes");
}

#[test]
fn a_deck_is_set_as_pdf_and_as_pictures() {
    let (fonts, templates) = (Fonts::bundled(), Templates::default());
    let typesetter = Typesetter { fonts: &fonts, templates: &templates, program: "fairdraw 0.1.0", created: created() };
    let (pdf, notes) = render_deck_pdf(&deck(), &typesetter).unwrap();
    assert!(notes.is_empty(), "{notes:?}");
    let text = pdf_text(&pdf).unwrap();
    for wanted in ["2027 年双随机检查工作简报", "甲区落后于进度", "42", "1,234", "自拟的一句", "截至 2027 年 3 月 5 日"]
    {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert_eq!(render_deck_pdf(&deck(), &typesetter).unwrap().0, pdf, "the same deck, the same bytes");
    let pages = render_deck_pngs(&deck(), &typesetter).unwrap();
    assert_eq!(pages.len(), 3);
    for page in &pages {
        assert!(page.starts_with(b"\x89PNG"));
        let side = |at: usize| u32::from_be_bytes(page[at..at + 4].try_into().unwrap());
        assert_eq!((side(16), side(20)), (1920, 1080));
    }
    // a page without its chart is another picture
    let mut bare = deck();
    bare.slides[1].picture = None;
    assert_ne!(render_deck_pngs(&bare, &typesetter).unwrap()[1], pages[1]);
}

#[test]
fn every_template_is_previewed_and_a_fault_has_its_place() {
    let fonts = Fonts::bundled();
    let own = |name: &str, text: &str| {
        Templates::with_own(BTreeMap::from([(name.to_owned(), text.as_bytes().to_vec())])).unwrap()
    };
    let look = |templates: &Templates, template| {
        let typesetter = Typesetter { fonts: &fonts, templates, program: "fairdraw 0.1.0", created: created() };
        preview_template(template, &typesetter, (300, 2))
    };
    for template in Template::ALL {
        let seen = look(&Templates::default(), template).unwrap_or_else(|error| panic!("{template:?}: {error}"));
        assert!(seen.notes.is_empty(), "{template:?}: {:?}", seen.notes);
        assert!(!seen.pages.is_empty() && seen.pages.len() <= 2 && seen.count >= seen.pages.len());
        let white = |pixels: &[u8]| pixels.chunks(4).all(|pixel| pixel == [255; 4]);
        assert!(!white(&seen.pages[0].pixels), "{template:?} is painted");
    }
    let changed = own("抽取证书.typ", "#set page(width: 10cm, height: 5cm)\n= 样式已改");
    let seen = look(&changed, Template::Certificate).unwrap();
    assert_eq!((seen.count, seen.pages[0].width, seen.pages[0].height), (1, 300, 150));
    let fault = look(&own("简报.typ", "#let a = 1\n#b\n"), Template::Briefing).unwrap_err().to_string();
    assert!(fault.contains("EXP-060") && fault.contains("第 2 行") && fault.contains("第 2 个字符"), "{fault}");
}
