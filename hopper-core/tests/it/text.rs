//! `text!`: `format!` over values that may not exist yet.

use crate::shape::{Shape, report, run};
use hopper_core::{prelude::*, testing::Make};
use serde::{Deserialize, Serialize};

/// Its `Display` is not how it is serialized.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Arch {
    Amd64,
}
impl Value for Arch {}
impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("x86_64")
    }
}

#[test]
fn text_reads_the_same_from_a_literal_and_from_a_reference() {
    outputs! {
        struct Facts -> FactsRefs {
            arch: Arch,
            ratio: f64,
            big: u64,
            quoted: String,
            ok: bool,
        }
    }
    #[derive(Serialize, Deserialize)]
    struct Learn {}
    fn facts() -> Facts {
        let quoted = "say \"hi\"\n{}".to_owned();
        Facts { arch: Arch::Amd64, ratio: 1.0, big: u64::MAX, quoted, ok: true }
    }
    impl Lookup for Learn {
        const KIND: &'static str = "test.learn";
        type Env = ();
        type Output = Facts;
        async fn look_up(&self, _: &(), _: &Cx) -> Result<Facts, StepError> {
            Ok(facts())
        }
    }
    let w = Workflow::new("w");
    let f = w.step("facts").does(Learn {});
    let refs = text!("{} {} {} {} {}", f.arch(), f.ratio(), f.big(), f.quoted(), f.ok());
    let Facts { arch, ratio, big, quoted, ok } = facts();
    let expected = format!("{arch} {ratio} {big} {quoted} {ok}");
    let literals = text!(
        "{} {} {} {} {}",
        Input::from(arch),
        Input::from(ratio),
        Input::from(big),
        Input::<String>::from(&quoted),
        ok
    );
    assert_eq!(format!("{literals:?}"), format!("{expected:?}"), "a literal is known at once");
    w.step("shape").does(Shape { value: (refs, literals) });
    assert_eq!(run(&w.plan().unwrap()), [serde_json::to_string(&(&expected, &expected)).unwrap()]);
}

#[test]
fn text_takes_braces_and_whatever_can_be_shown() {
    let shown = |text: Input<String>| format!("{text:?}");
    let owned = "owned".to_owned();
    let input: Input<String> = "in".into();
    assert_eq!(shown(text!("")), r#""""#);
    assert_eq!(shown(text!("plain")), r#""plain""#);
    assert_eq!(shown(text!("{{}}{{{}}}", 1)), r#""{}{1}""#);
    assert_eq!(shown(text!("{}{}", "{}", "}{")), r#""{}}{""#);
    assert_eq!(
        shown(text!("{} {} {} {} {} {}", owned, &owned, "str", input, &input, 443_u16)),
        r#""owned owned str in in 443""#
    );
    assert_eq!(shown(text!("ü{}→{}", "ö", -1)), r#""üö→-1""#);
}

#[test]
fn a_recipe_may_hand_out_text_and_read_it_after_the_run() {
    let w = Workflow::new("w");
    let a = w.step("a").does(Make::new("a"));
    let url = text!("https://{}:{}/", a, 443);
    let report = report(&w.plan().unwrap());
    assert_eq!(report.get(&a).as_deref(), Some("a#1"));
    assert_eq!(report.get(&url).as_deref(), Some("https://a#1:443/"));
    assert_eq!(report.get(&text!("fixed")).as_deref(), Some("fixed"));
    let other = Workflow::new("w").step("b").does(Make::new("b"));
    assert_eq!(report.get(&other), None);
}
