//! [`Site`]: where a run acts, as its journal remembers it.

use crate::{
    args,
    failure::Failure,
    journal,
    recipe::{Recipe, Settings},
};
use clap::ValueEnum;
use hopper_core::{Engine, Ledger};
use std::{collections::BTreeMap, path::Path};

/// Who answers the calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// A simulator inside this program, in virtual time: no account, no network.
    #[default]
    Mock,
    /// AWS, or what answers at `--endpoint-url`.
    Aws,
}

/// What is behind instances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Behind {
    /// Behind that answer on SSH.
    #[default]
    Ssh,
    /// Nothing, as at other simulators of AWS: machines are simulated in this program.
    Simulated,
}

/// Where a run acts, and by which recipe. The journal's first record has it, so that `check` and
/// `down` need nothing but the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Who answers.
    pub backend: Backend,
    /// Another address than AWS's own.
    pub endpoint_url: Option<String>,
    /// The region; that of the environment if nobody says.
    pub region: Option<String>,
    /// What is behind instances.
    pub hosts: Behind,
    /// The recipe.
    pub recipe: Recipe,
}

impl Site {
    /// Whether the internet that machines see is a simulator's.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.backend == Backend::Mock || self.hosts == Behind::Simulated
    }

    /// Where the run of this journal acts; `None` if there is no run in it.
    ///
    /// # Errors
    ///
    /// When the run was not begun by this program, or by a later version of it.
    pub fn of(ledger: &Ledger) -> Result<Option<Self>, Failure> {
        let Some(run) = ledger.run() else { return Ok(None) };
        Ok(Some(Self {
            backend: named(&run.meta, "backend")?,
            endpoint_url: run.meta.get("endpoint_url").cloned(),
            region: run.meta.get("region").cloned(),
            // Runs of earlier versions do not say.
            hosts: match run.meta.contains_key("hosts") {
                true => named(&run.meta, "hosts")?,
                false => Behind::default(),
            },
            recipe: named(&run.meta, "recipe")?,
        }))
    }

    /// Where `up` is to act: as asked, and where nothing was asked as before.
    ///
    /// # Errors
    ///
    /// When the journal's run acts elsewhere, or what was asked makes no sense.
    pub fn chosen(
        target: &args::Target,
        of: &args::Of,
        before: Option<Self>,
    ) -> Result<Self, Failure> {
        let is_new = before.is_none();
        let mut site = before.unwrap_or_default();
        choose("backend", &mut site.backend, target.backend, is_new, name)?;
        choose("recipe", &mut site.recipe, target.choice.recipe, is_new, name)?;
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let url = of.endpoint_url.clone().map(Some);
        choose("endpoint-url", &mut site.endpoint_url, url, is_new, text)?;
        let region = target.region.clone().map(Some);
        choose("region", &mut site.region, region, is_new, text)?;
        choose("hosts", &mut site.hosts, target.hosts, is_new, name)?;
        if site.hosts == Behind::Simulated && site.endpoint_url.is_none() {
            return Err(Failure::usage(
                "simulated machines are for other simulators of AWS: name one with --backend aws \
                 --endpoint-url, or leave --hosts out",
            ));
        }
        if site.is_simulated() && journal::in_s3(&of.journal)?.is_some() {
            return Err(Failure::usage(
                "the simulated world is kept beside its journal, in a file: name a file with \
                 --journal, or add --backend aws, without --hosts simulated",
            ));
        }
        if site.backend == Backend::Mock && site.endpoint_url.is_some() {
            return Err(Failure::usage(
                "the mock has no address: leave --endpoint-url out, or add --backend aws",
            ));
        }
        Ok(site)
    }

    /// The recipe's settings, in a file or its own, as they are here.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, every setting that cannot be right, and when only a
    /// simulator would take them.
    pub fn settings(&self, file: Option<&Path>) -> Result<Settings, Failure> {
        let settings = self.recipe.settings(file)?;
        let settings = if self.is_simulated() { settings.simulated() } else { settings };
        settings.is_ones_own(self)?;
        Ok(settings)
    }

    /// Has the engine remember it.
    #[must_use]
    pub fn remembered(&self, engine: Engine) -> Engine {
        let engine = engine.meta("backend", name(&self.backend)).meta("recipe", name(&self.recipe));
        let engine = match self.hosts {
            Behind::Ssh => engine,
            Behind::Simulated => engine.meta("hosts", name(&self.hosts)),
        };
        let texts = [("endpoint_url", &self.endpoint_url), ("region", &self.region)];
        texts.into_iter().fold(engine, |engine, (key, text)| match text {
            Some(text) => engine.meta(key, text),
            None => engine,
        })
    }
}

/// Takes over what was asked, unless the journal's run was begun with something else.
fn choose<T: PartialEq>(
    what: &str,
    current: &mut T,
    asked: Option<T>,
    is_new: bool,
    show: impl Fn(&T) -> String,
) -> Result<(), Failure> {
    match asked {
        Some(asked) if is_new || asked == *current => {
            *current = asked;
            Ok(())
        }
        None => Ok(()),
        Some(asked) => Err(Failure::usage(format_args!(
            "the journal's run was begun with --{what} {}, not {}: leave --{what} out to go on \
             with it, or give another --journal to begin anew",
            show(current),
            show(&asked),
        ))),
    }
}

/// As on the command line.
fn name<T: ValueEnum>(value: &T) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn named<T: ValueEnum>(meta: &BTreeMap<String, String>, key: &str) -> Result<T, Failure> {
    let Some(name) = meta.get(key) else {
        return Err(Failure::usage(format_args!(
            "the journal does not say which {key} it is of: it was written by another program, \
             which has to go on with it"
        )));
    };
    T::from_str(name, false).map_err(|_| {
        Failure::usage(format_args!(
            "the journal is of {key} `{name}`, which this version does not know: use the one \
             that wrote it"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn chosen(args: &str, before: Option<Site>) -> Result<Site, Failure> {
        let args = format!("hopper up {args}");
        match args::Args::parse_from(args.split_whitespace()).command {
            args::Command::Up(up) => Site::chosen(&up.target, &up.of, before),
            other => panic!("{other:?}"),
        }
    }

    fn aws() -> Site {
        Site { backend: Backend::Aws, region: Some("eu-west-1".into()), ..Site::default() }
    }

    #[test]
    fn a_new_run_acts_where_it_is_asked_to() {
        let site = chosen("--backend aws --region eu-west-1", None).unwrap();
        assert_eq!(site, aws());
        assert_eq!(chosen("", None).unwrap(), Site::default());
    }

    #[test]
    fn machines_are_simulated_for_other_simulators_alone() {
        let site = chosen("--backend aws --endpoint-url http://[::1]:1 --hosts simulated", None);
        let site = site.unwrap();
        assert!(site.hosts == Behind::Simulated && site.is_simulated());
        assert_eq!(chosen("", Some(site.clone())).unwrap(), site);
        for args in ["--hosts simulated", "--backend aws --hosts simulated"] {
            let refused = chosen(args, None).unwrap_err();
            assert!(refused.message.contains("other simulators of AWS"), "{refused}");
        }
        let refused = chosen("--hosts ssh", Some(site)).unwrap_err();
        assert!(refused.message.contains("--hosts simulated, not ssh"), "{refused}");
    }

    #[test]
    fn a_run_goes_on_where_it_was_begun() {
        assert_eq!(chosen("", Some(aws())).unwrap(), aws());
        assert_eq!(chosen("--backend aws", Some(aws())).unwrap(), aws());
        let refused = chosen("--backend mock", Some(aws())).unwrap_err();
        assert_eq!(refused.code, 2);
        assert!(refused.message.contains("begun with --backend aws, not mock"), "{refused}");
        let refused = chosen("--region us-east-1", Some(aws())).unwrap_err();
        assert!(refused.message.contains("--region eu-west-1, not us-east-1"), "{refused}");
    }

    #[test]
    fn the_mock_has_its_journal_in_a_file() {
        let refused = chosen("--journal s3://team/prod", None).unwrap_err();
        assert!(refused.message.contains("add --backend aws"), "{refused}");
        let site = chosen("--journal s3://team/prod --backend aws", None).unwrap();
        assert_eq!(site.backend, Backend::Aws);
        let refused = journal::in_s3("s3://team".as_ref()).unwrap_err();
        assert!(refused.message.contains("write s3://bucket/prefix"), "{refused}");
    }

    #[test]
    fn the_mock_has_no_address() {
        let refused = chosen("--endpoint-url http://127.0.0.1:1", None).unwrap_err();
        assert!(refused.message.contains("add --backend aws"), "{refused}");
    }
}
