//! A secret is seen by the steps that use it, and by nobody else.

use hopper_core::{
    Clock, Engine, Event, Ledger, MemoryJournal, Outcome, Record, Registry, Report, prelude::*,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
};

/// Part of every secret here.
const MARK: &str = "hunter2";

fn secret(what: &str) -> Secret<String> {
    Secret::new(format!("{what} {MARK} \"\\"))
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeyPair {
    public: String,
    private: String,
}
impl Value for KeyPair {}

fn pair() -> KeyPair {
    KeyPair { public: format!("public {MARK}"), private: format!("private {MARK}") }
}

outputs! {
    struct IssuedOut -> IssuedRefs {
        name: String,
        token: Secret<String>,
        pairs: Vec<Secret<KeyPair>>,
        by_host: BTreeMap<String, Secret<String>>,
        maybe: Option<Secret<String>>,
    }
}

/// Makes secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Issue {
    from: Input<Secret<String>>,
}

impl Lookup for Issue {
    const KIND: &'static str = "test.issue";
    type Env = ();
    type Output = IssuedOut;
    async fn look_up(&self, _: &(), cx: &Cx) -> Result<IssuedOut, StepError> {
        assert_eq!(cx.get(&self.from).expose()?, secret("literal").expose()?);
        Ok(IssuedOut {
            name: "issuer".to_owned(),
            token: secret("token"),
            pairs: vec![Secret::new(pair())],
            by_host: BTreeMap::from([("host".to_owned(), secret("host"))]),
            maybe: Some(secret("maybe")),
        })
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Login {
    Token { token: Input<Secret<String>>, name: Input<String> },
}

/// Counts how often secrets were really seen.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<u32>>);

/// Uses secrets in every place an input can be.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Use {
    token: Input<Secret<String>>,
    pair: Input<Secret<KeyPair>>,
    list: Vec<Input<Secret<String>>>,
    map: Input<BTreeMap<String, Secret<String>>>,
    maybe: Option<Input<Option<Secret<String>>>>,
    login: Login,
    plain: Secret<String>,
    around: Secret<Input<String>>,
    fail: bool,
}

impl Step for Use {
    const KIND: &'static str = "test.use";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Seen;
    type Output = Secret<KeyPair>;
    async fn run(&self, seen: &Seen, cx: &Cx) -> Result<Secret<KeyPair>, StepError> {
        let Login::Token { token, name } = &self.login;
        assert_eq!(cx.get(token).expose()?, secret("token").expose()?);
        assert_eq!(cx.get(name), "issuer");
        assert_eq!(cx.get(&self.token).expose()?, secret("token").expose()?);
        assert_eq!(cx.get(&self.pair).expose()?, &pair());
        assert_eq!(cx.get(&self.list[0]).expose()?, secret("literal").expose()?);
        assert_eq!(cx.get(&self.map)["host"].expose()?, secret("host").expose()?);
        let maybe = self.maybe.as_ref().and_then(|m| cx.get(m).clone());
        assert_eq!(
            maybe.as_ref().map(Secret::expose).transpose()?,
            Some(secret("maybe").expose()?)
        );
        assert_eq!(self.plain.expose()?, secret("plain").expose()?);
        assert_eq!(cx.get(self.around.expose()?), "issuer");

        // A note is read again as it was, as long as the process lives.
        cx.note("token", cx.get(&self.token)).await?;
        let noted: Secret<String> = cx.noted("token").unwrap();
        assert_eq!(noted.expose()?, secret("token").expose()?);

        let from = secret("literal");
        let issued = cx.step("again", Issue { from: from.into() }).await?;
        assert_eq!(issued.token.expose()?, secret("token").expose()?);
        *seen.0.lock().unwrap() += 1;
        match self.fail {
            true => Err(StepError::permanent("denied").refused()),
            false => Ok(Secret::new(pair())),
        }
    }
    async fn find(&self, _: &Seen, _: &Cx) -> Result<Found<Secret<KeyPair>>, StepError> {
        Ok(Found::Absent)
    }
    async fn undo(&self, _: &Seen, _: &Cx, _: Made<'_, Secret<KeyPair>>) -> Result<(), StepError> {
        Ok(())
    }
}

struct Recipe {
    workflow: Workflow,
    issued: IssuedRefs,
    used: Input<Secret<KeyPair>>,
    step: Use,
}

fn recipe(fail: bool) -> Recipe {
    let workflow = Workflow::new("secrets");
    let issued = workflow.step("issue").does(Issue { from: secret("literal").into() });
    let step = Use {
        token: issued.token(),
        pair: issued.pairs().at(0),
        list: vec![secret("literal").into()],
        map: issued.by_host(),
        maybe: Some(issued.maybe()),
        login: Login::Token { token: issued.token(), name: issued.name() },
        plain: secret("plain"),
        around: Secret::new(issued.name()),
        fail,
    };
    let used = workflow.step("use").does(step.clone());
    Recipe { workflow, issued, used, step }
}

/// Nothing of a secret in it, in any form.
#[track_caller]
fn hides(what: &str, shown: impl AsRef<str>) {
    let shown = shown.as_ref();
    assert!(!shown.is_empty(), "{what} shows nothing");
    assert!(!shown.contains(MARK), "{what} shows a secret: {shown}");
}

#[track_caller]
fn hides_all<T: Debug + Serialize + ?Sized>(what: &str, value: &T) {
    hides(what, format!("{value:?}"));
    hides(what, format!("{value:#?}"));
    hides(what, serde_json::to_string(value).unwrap());
    hides(what, serde_json::to_value(value).unwrap().to_string());
}

struct Ran {
    report: Report,
    events: Vec<Event>,
    journal: MemoryJournal,
    seen: u32,
}

async fn run(plan: &Plan, journal: MemoryJournal) -> Ran {
    let (events, seen) = (Arc::new(Mutex::new(Vec::new())), Seen::default());
    let listener = events.clone();
    let engine = Engine::new(journal.clone())
        .env(seen.clone())
        .registry(Registry::new().with::<Issue>().with::<Use>())
        .clock(Clock::fixed())
        .observe(move |_, e: &Event| listener.lock().unwrap().push(e.clone()));
    let report = engine.run(plan).await.unwrap();
    let (events, seen) = (std::mem::take(&mut *events.lock().unwrap()), *seen.0.lock().unwrap());
    Ran { report, events, journal, seen }
}

#[test]
fn a_plan_shows_no_secret() {
    let Recipe { workflow, step, .. } = recipe(false);
    let plan = workflow.plan().unwrap();
    hides("the plan", plan.to_string());
    hides_all("the plan", &plan);
    hides("the plan", plan.to_dot());
    hides("the plan", plan.to_mermaid());
    hides("the plan", serde_json::to_string_pretty(&plan).unwrap());
    for node in plan.nodes() {
        hides("a node", format!("{node:?}"));
        hides("a node", node.inputs());
    }
    hides_all("a step", &step);
    insta::assert_snapshot!(plan.nodes()[1].inputs());
}

#[test]
fn a_secret_shows_nothing_of_itself() {
    hides_all("a secret", &secret("x"));
    hides_all("a secret", &Secret::new(pair()));
    hides_all("an input", &Input::from(secret("x")));
    hides_all("a list", &Input::from(vec![secret("x")]));
    assert_eq!(format!("{:?}", secret("x")), "<secret>");
    assert_eq!(serde_json::to_string(&Some(secret("x"))).unwrap(), r#""<secret>""#);
}

#[tokio::test(start_paused = true)]
async fn a_run_shows_its_secrets_to_its_steps_only() {
    let Recipe { workflow, issued, used, .. } = recipe(false);
    let ran = run(&workflow.plan().unwrap(), MemoryJournal::default()).await;
    assert_eq!((ran.report.outcome, ran.seen), (Outcome::Done, 1), "{}", ran.report);

    hides_all("the report", &ran.report);
    hides("the report", ran.report.to_string());
    hides_all("the events", &ran.events);
    ran.events.iter().for_each(|e| hides("an event", e.to_string()));
    let entries = ran.journal.entries();
    hides_all("the journal", &entries);
    hides("the journal", ran.journal.to_string());
    hides("the journal", format!("{:?}", ran.journal));
    hides("the ledger", format!("{:?}", Ledger::of(&entries)));

    // Who ran it may read what came of it, as long as the process lives.
    let token = ran.report.get(&issued.token()).unwrap();
    assert_eq!(token.expose().unwrap(), secret("token").expose().unwrap());
    assert_eq!(ran.report.get(&used).unwrap().expose().unwrap(), &pair());
}

#[tokio::test(start_paused = true)]
async fn a_failure_shows_no_secret() {
    let Recipe { workflow, .. } = recipe(true);
    let ran = run(&workflow.plan().unwrap(), MemoryJournal::default()).await;
    assert_eq!((ran.report.outcome, ran.seen), (Outcome::Undone, 1), "{}", ran.report);
    hides_all("the report", &ran.report);
    hides("the report", ran.report.to_string());
    hides_all("the events", &ran.events);
    hides_all("the journal", &ran.journal.entries());
}

#[tokio::test(start_paused = true)]
async fn a_secret_from_a_journal_is_withheld_and_made_again() {
    let Recipe { workflow, issued, .. } = recipe(false);
    let plan = workflow.plan().unwrap();
    let whole = run(&plan, MemoryJournal::default()).await.journal;
    let entries = whole.entries();

    let ledger = Ledger::of(&entries);
    let output: IssuedOut = ledger.get("issue").unwrap().output.as_ref().unwrap().get().unwrap();
    assert_eq!(output.name, "issuer");
    let withheld = [&output.token, &output.by_host["host"], output.maybe.as_ref().unwrap()];
    for secret in withheld {
        let error = secret.expose().unwrap_err().to_string();
        assert!(error.starts_with("a secret is not kept in the journal"), "{error}");
    }
    assert!(output.pairs[0].expose().is_err());

    // A run that is done has nothing to make again, and its report says so.
    let again = run(&plan, whole.fork(entries.len())).await;
    assert_eq!((again.report.outcome, again.seen), (Outcome::Done, 0));
    assert!(again.report.get(&issued.token()).unwrap().expose().is_err());

    // One that stopped between the two makes the first again for the second.
    let is_done = |r: &Record| matches!(r, Record::Done { step, .. } if &**step == "issue");
    let n = entries.iter().position(|e| is_done(&e.record)).unwrap() + 1;
    let resumed = run(&plan, whole.fork(n)).await;
    assert_eq!((resumed.report.outcome, resumed.seen), (Outcome::Done, 1), "{}", resumed.report);
    hides_all("the journal", &resumed.journal.entries());
}

#[test]
fn a_secret_is_read_from_whatever_holds_one() {
    fn read<T: serde::de::DeserializeOwned>(json: &str) -> Secret<T> {
        serde_json::from_str(json).unwrap()
    }
    let plain: Secret<String> = read(r#""x""#);
    assert_eq!(plain.expose().unwrap(), "x");
    let plain: Secret<BTreeMap<String, u8>> = read(r#"{"a":1}"#);
    assert_eq!(plain.expose().unwrap()["a"], 1);
    let plain: Secret<KeyPair> = read(r#"{"public":"a","private":"b"}"#);
    assert_eq!(plain.expose().unwrap().private, "b");
    let plain: Secret<Option<String>> = read("null");
    assert_eq!(plain.expose().unwrap(), &None);

    let marked: Secret<String> = read(r#"{"$hopper::secret":"x"}"#);
    assert_eq!(marked.expose().unwrap(), "x");
    let withheld: Secret<String> = read(r#"{"$hopper::secret":null}"#);
    assert!(withheld.expose().is_err());
    // What people are shown is not the value.
    let shown: Secret<String> = read(&serde_json::to_string(&secret("x")).unwrap());
    assert!(shown.expose().is_err());

    // An error does not quote what it could not read.
    let error = serde_json::from_str::<Secret<u8>>(&format!("\"{MARK}\"")).unwrap_err();
    hides("an error", error.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_secret_in_too_deep_a_value_is_hidden_with_the_value() {
    #[derive(Clone, Debug, Serialize, Deserialize)]
    enum Deep {
        Leaf(Secret<String>),
        Nest(Box<Deep>),
    }
    impl Value for Deep {}
    #[derive(Serialize, Deserialize)]
    struct Dig {}
    impl Lookup for Dig {
        const KIND: &'static str = "test.dig";
        type Env = ();
        type Output = Deep;
        async fn look_up(&self, _: &(), _: &Cx) -> Result<Deep, StepError> {
            Ok((0..200).fold(Deep::Leaf(secret("deep")), |deep, _| Deep::Nest(deep.into())))
        }
    }
    let w = Workflow::new("deep");
    w.step("dig").does(Dig {});
    let ran = run(&w.plan().unwrap(), MemoryJournal::default()).await;
    hides_all("the journal", &ran.journal.entries());
    hides_all("the report", &ran.report);
    hides("the report", ran.report.to_string());
}
