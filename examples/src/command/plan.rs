//! `hopper plan`: what would be made.

use crate::{
    args::{Plan, PlanFormat},
    failure::Failure,
    out::say,
    recipe,
};

/// Prints the plan.
///
/// # Errors
///
/// Every mistake in the settings.
pub fn plan(args: &Plan) -> Result<u8, Failure> {
    let settings = recipe::settings(args.choice.config.as_deref())?;
    let plan = args.choice.recipe.unwrap_or_default().plan(&settings)?;
    match args.format {
        PlanFormat::Text => say(&plan),
        PlanFormat::Json => say(serde_json::to_string_pretty(&plan).map_err(Failure::failed)?),
        PlanFormat::Dot => say(plan.to_dot()),
        PlanFormat::Mermaid => say(plan.to_mermaid()),
    }
    Ok(0)
}
