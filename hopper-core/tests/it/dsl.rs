//! What a recipe can say, and that the running step gets just that.

use crate::shape::{Shape, data, failure, found, planned, problem, run};
use hopper_core::{prelude::*, testing::Make};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;

#[test]
fn a_literal_that_looks_like_something_else_is_data() {
    let odd = [
        "",
        "${a}",
        "$${a}",
        "{}",
        "\0",
        "\0 1-0",
        "\x00-0",
        "\"\\u00001-0\"",
        "\u{2028}",
        "\\",
        "\"",
        "null",
        "<secret>",
        "$hopper::secret",
        "{\"$hopper::secret\":\"x\"}",
        "\"$hopper::secret\":",
    ];
    for text in odd {
        data(|| Input::<String>::from(text));
        data(|| BTreeMap::from([(format!("{text}-"), text.to_owned())]));
        let plan = planned(|a| vec![Input::from(text), a]).unwrap();
        let expected = serde_json::to_string(&[text, "a#1"]).unwrap();
        assert_eq!(run(&plan), [expected], "beside a reference");
    }
    // Whatever number a placeholder holds, none of these is it.
    let guesses: Vec<String> = (0..2_000).map(|i| format!("\0{i:x}-0")).collect();
    let plan = planned(|a| (guesses.clone(), a)).unwrap();
    assert_eq!(run(&plan), [serde_json::to_string(&(&guesses, "a#1")).unwrap()]);
}

#[test]
fn a_literal_in_the_plan_is_told_from_a_reference() {
    let plan = planned(|a| vec![a.clone(), "${a}".into(), text!("${{x}} {}", a)]).unwrap();
    assert_eq!(plan.nodes()[1].inputs(), r#"{"value":["${a}","$${a}","$${x} ${a}"]}"#);
}

#[test]
fn the_key_that_marks_secrets_is_refused_in_literals() {
    let map = || BTreeMap::from([("$hopper::secret".to_owned(), "x".to_owned())]);
    let reserved = "the key `$hopper::secret` is reserved: choose another";
    assert_eq!(problem(|_| map()), reserved);
    assert_eq!(problem(|_| Input::from(map())), reserved);
    assert_eq!(problem(|a| (a, Secret::new("s".to_owned()), map())), reserved);
}

#[test]
fn a_float_that_json_has_no_word_for_is_refused_when_the_step_starts() {
    let plan = planned(|_| Input::from(f64::NAN)).unwrap();
    assert_eq!(plan.nodes()[1].inputs(), r#"{"value":null}"#);
    let why = failure(&plan);
    assert!(why.starts_with("shape: cannot decode the step's inputs"), "{why}");
    data(|| Input::from(0.1 + 0.2));
    data(|| Input::from(f64::MIN_POSITIVE));
}

#[test]
fn a_panic_while_a_step_is_encoded_leaves_nothing_behind() {
    struct Bomb;
    impl Serialize for Bomb {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("boom")
        }
    }
    impl<'de> Deserialize<'de> for Bomb {
        fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            Ok(Self)
        }
    }
    let w = Workflow::new("w");
    let a = w.step("a").does(Make::new("a"));
    let bomb =
        std::panic::AssertUnwindSafe(|| w.step("b").does(Shape { value: (a.clone(), Bomb) }));
    assert!(std::panic::catch_unwind(bomb).is_err());
    assert_eq!(serde_json::to_string(&a).unwrap(), r#""${a}""#);
    assert_eq!(serde_json::to_string(&Secret::new("hunter2")).unwrap(), r#""<secret>""#);
    w.step("c").does(Shape { value: a });
    assert_eq!(w.plan().unwrap().waves(), [["a"], ["c"]]);
}

#[test]
fn a_step_may_be_added_while_another_is_encoded() {
    struct Nested(Workflow, Input<String>);
    impl Serialize for Nested {
        fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
            let inner = self.0.step("inner").does(Make::new(text!("in {}", self.1)));
            (&self.1, inner).serialize(s)
        }
    }
    impl<'de> Deserialize<'de> for Nested {
        fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            let (a, _) = <(Input<String>, Input<String>)>::deserialize(d)?;
            Ok(Self(Workflow::new("unused"), a))
        }
    }
    let w = Workflow::new("w");
    let a = w.step("a").does(Make::new("a"));
    w.step("outer").does(Shape { value: Nested(w.clone(), a) });
    assert_eq!(w.plan().unwrap().waves(), [["a"], ["inner"], ["outer"]]);
}

/// The names of the steps `name` waits for: for data, by order, and only once.
fn edges(w: &Workflow, name: &str) -> [Vec<String>; 3] {
    let json = serde_json::to_value(w.plan().unwrap()).unwrap();
    let step = json["steps"].as_array().unwrap().iter().find(|s| s["name"] == name).unwrap();
    ["needs", "after", "once"].map(|e| serde_json::from_value(step[e].clone()).unwrap())
}

#[test]
fn a_gate_goes_wherever_the_value_goes() {
    let w = Workflow::new("w");
    let a = w.step("a").does(Make::new("a"));
    let ready = w.step("ready").does(Shape { value: 1 });
    let none = Vec::<String>::new();

    let gated = a.clone().once(&ready);
    w.step("ref").does(Make::new(&gated));
    w.step("text").does(Make::new(text!("x {}", gated)));
    w.step("twice").does(Make::new(text!("<{}>", text!("x {}", gated))));
    for name in ["ref", "text", "twice"] {
        assert_eq!(edges(&w, name), [vec!["a".to_owned()], none.clone(), vec!["ready".to_owned()]]);
    }

    let literal = Input::from("fixed").once(&ready);
    w.step("literal").does(Make::new(&literal));
    w.step("fixed-text").does(Make::new(text!("x {}", literal)));
    w.step("option").does(Shape { value: Input::<Option<String>>::from(literal.clone()) });
    let list: Input<Vec<String>> = vec!["x".to_owned()].into();
    w.step("element").does(Make::new(list.once(&ready).at(0)));
    for name in ["literal", "fixed-text", "option", "element"] {
        assert_eq!(
            edges(&w, name),
            [none.clone(), none.clone(), vec!["ready".to_owned()]],
            "{name}"
        );
    }

    // Whoever waits for a gated value, or gates by one, waits for its gates as well.
    w.step("after").after(&gated).does(Make::new("x"));
    assert_eq!(edges(&w, "after"), [none.clone(), vec!["a".into()], vec!["ready".into()]]);
    w.step("once").does(Make::new(Input::from("x").once(&gated)));
    assert_eq!(edges(&w, "once"), [none.clone(), none.clone(), vec!["a".into(), "ready".into()]]);
    w.step("after-text").after(&text!("{} {}", gated, ready_name(&w))).does(Make::new("x"));
    assert_eq!(edges(&w, "after-text")[1], ["a", "named"]);

    // A stronger edge makes a weaker one superfluous.
    let all = w.step("all").after(&ready).after(&a).undo_before(&a).undo_before(&ready);
    all.does(Make::new(gated.once(&a)));
    assert_eq!(edges(&w, "all"), [vec!["a".to_owned()], vec!["ready".to_owned()], none]);
    assert!(!w.plan().unwrap().to_dot().contains("undone after"));
}

fn ready_name(w: &Workflow) -> Input<String> {
    w.step("named").does(Make::new("named"))
}

#[test]
fn an_element_of_a_list_is_found_in_literals_and_outputs() {
    outputs! {
        struct Lists -> ListsRefs {
            names: Vec<String>,
            nested: Vec<Vec<u16>>,
            r#type: String,
        }
    }
    #[derive(Serialize, Deserialize)]
    struct MakeLists {}
    impl Lookup for MakeLists {
        const KIND: &'static str = "test.lists";
        type Env = ();
        type Output = Lists;
        async fn look_up(&self, _: &(), _: &Cx) -> Result<Lists, StepError> {
            let names = vec!["x".to_owned(), "y".to_owned()];
            Ok(Lists { names, nested: vec![vec![1], vec![2, 3]], r#type: "raw".to_owned() })
        }
    }
    let w = Workflow::new("w");
    let lists = w.step("lists").does(MakeLists {});
    let literal: Input<Vec<String>> = vec!["l".to_owned()].into();
    w.step("shape").does(Shape {
        value: (lists.names().at(1), lists.nested().at(1).at(0), literal.at(0), lists.r#type()),
    });
    assert_eq!(run(&w.plan().unwrap()), [r#"["y",2,"l","raw"]"#]);
    let inputs = w.plan().unwrap().nodes()[1].inputs();
    assert!(inputs.contains(r#"["${lists.names[1]}","${lists.nested[1][0]}","l","#), "{inputs}");

    // A list that turns out to be too short is an error of the step that uses the element.
    let w = Workflow::new("w");
    let lists = w.step("lists").does(MakeLists {});
    w.step("shape").does(Shape { value: lists.names().at(2) });
    assert_eq!(failure(&w.plan().unwrap()), "shape: ${lists.names[2]} has no value");
}

#[test]
fn an_input_is_made_of_what_is_at_hand() {
    let name = "name".to_owned();
    let input: Input<String> = (&name).into();
    let same: [Input<String>; 4] = ["name".into(), name.clone().into(), (&input).into(), input];
    for input in same {
        assert_eq!(format!("{input:?}"), r#""name""#);
    }
    // A newtype takes text as well.
    let id: Input<crate::cloud::VpcId> = "vpc-1".into();
    assert_eq!(format!("{id:?}"), r#"VpcId("vpc-1")"#);
    let id: Input<crate::cloud::VpcId> = (&name).into();
    assert_eq!(format!("{id:?}"), r#"VpcId("name")"#);

    // What may be left out: inside, outside, given, not given, referred to.
    let none: Input<Option<String>> = None.into();
    data(|| (none.clone(), None::<Input<String>>));
    data(|| Input::from(Some("x".to_owned())));
    found(Input::<Option<String>>::from);
    found(Some);

    #[derive(Serialize, Deserialize)]
    struct Optional {
        #[serde(default)]
        outer: Option<Input<String>>,
        inner: Input<Option<String>>,
    }
    let read: Optional = serde_json::from_str("{}").unwrap();
    assert!(read.outer.is_none());
    assert_eq!(format!("{:?}", read.inner), "None");
}
