//! `hopper preflight`: looks for all that is in the way.

use crate::{
    args::{Format, Preflight},
    cloud::{Cloud, MOCK_SEED, WorldFile},
    failure::{Failure, code},
    journal,
    out::say,
    runtime,
    site::Site,
};

/// Prints all that is in the way of making what the recipe says, or of going on with it. Nothing
/// is changed.
///
/// # Errors
///
/// When the command line, the settings or the journal are wrong, or nobody answers.
pub fn preflight(args: &Preflight) -> Result<u8, Failure> {
    let ledger = journal::ledger(&args.of)?;
    let site = Site::chosen(&args.target, &args.of, Site::of(&ledger)?)?;
    let settings = site.settings(args.target.choice.config.as_deref())?;
    let plan = site.recipe.plan(&settings)?;
    runtime::run(site.backend, async {
        let world = WorldFile::beside(&args.of.journal).read_only();
        let cloud =
            Cloud::open(&site, &ledger, world, Some(MOCK_SEED), &args.of.identities).await?;
        settings.fit(cloud.region.as_deref())?;
        let found = cloud.preflight(&plan, &ledger).await;
        match args.of.format {
            Format::Text => say(format_args!("on {}: {found}", cloud.identity)),
            Format::Json => say(serde_json::to_string(&found).map_err(Failure::failed)?),
        }
        Ok(if found.is_ok() { code::DONE } else { code::USAGE })
    })
}
