//! The public page in a browser: what `verify.html` says of certificates and proofs is what the program says.
//!
//! It needs Chromium, so these tests are ignored unless asked for; what can be held without one is held everywhere.

pub(crate) mod alter;
mod browser;
mod codes;
mod pages;
mod paper;
mod same_words;

pub(crate) use alter::{alterations, loose_texts};
pub(crate) use same_words::the_page_says_what_the_program_says;
pub(crate) use same_words::{Given, page_answers, the_page_says_of};

/// The page as it leaves the office.
const PAGE: &str = include_str!("../../../assets/web/verify.html");

#[test]
fn the_page_names_no_other_place_and_may_not_reach_one() {
    let policy = "content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; \
                  base-uri 'none'; form-action 'none'\"";
    assert!(PAGE.contains(policy));
    for reach in ["http:", "https:", "fetch(", "XMLHttpRequest", "WebSocket", "import ", "src=", "@import", "url("] {
        assert!(!PAGE.contains(reach), "{reach}");
    }
    // everything that is shown goes in as text
    for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!PAGE.contains(markup), "{markup}");
    }
}
