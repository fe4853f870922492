//! `hopper plan`: what would be made, or changed.

use crate::{
    args::{Format, Of, Plan, PlanFormat},
    failure::Failure,
    journal,
    out::say,
};
use std::path::PathBuf;

/// Prints the plan, or how it differs from what a journal says was made.
///
/// # Errors
///
/// Every mistake in the settings; when the journal cannot be read, or has no run.
pub fn plan(args: &Plan) -> Result<u8, Failure> {
    if let Some(journal) = &args.journal {
        return diff(args, journal.clone());
    }
    let recipe = args.choice.recipe.unwrap_or_default();
    let plan = recipe.plan(&recipe.settings(args.choice.config.as_deref())?)?;
    match args.format {
        PlanFormat::Text => say(&plan),
        PlanFormat::Json => say(serde_json::to_string_pretty(&plan).map_err(Failure::failed)?),
        PlanFormat::Dot => say(plan.to_dot()),
        PlanFormat::Mermaid => say(plan.to_mermaid()),
    }
    Ok(0)
}

fn diff(args: &Plan, journal: PathBuf) -> Result<u8, Failure> {
    let endpoint_url = args.endpoint_url.clone();
    let format = Format::Text;
    let of = Of { journal, endpoint_url, identities: Vec::new(), format };
    let (ledger, site) = journal::run(&of)?;
    let recipe = args.choice.recipe.unwrap_or(site.recipe);
    let settings = recipe.settings(args.choice.config.as_deref())?;
    let settings = if site.is_simulated() { settings.simulated() } else { settings };
    let plan = recipe.plan(&settings)?;
    let diff = plan.diff(&ledger);
    match args.format {
        PlanFormat::Text => say(&diff),
        PlanFormat::Json => say(serde_json::to_string_pretty(&diff).map_err(Failure::failed)?),
        PlanFormat::Dot | PlanFormat::Mermaid => {
            return Err(Failure::usage(
                "a drawing shows no changes: leave --journal out, or print it as text or json",
            ));
        }
    }
    Ok(0)
}
