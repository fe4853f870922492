//! Names that only one thing can have: whose is it?

use crate::{
    mark::{RUN, STEP, TOKEN},
    sdk_tag::{SdkTag, value},
};
use hopper_core::Cx;

/// Whether a thing carries the mark of the step at hand.
pub(crate) fn is_own(cx: &Cx, tags: &[impl SdkTag]) -> bool {
    value(tags, TOKEN) == Some(cx.token())
}

/// Whether a thing carries the mark of the run at hand, whichever of its steps has made it.
pub(crate) fn is_of_run(cx: &Cx, tags: &[impl SdkTag]) -> bool {
    value(tags, RUN) == Some(cx.run_id())
}

/// Who has made a thing, as far as its tags tell.
pub(crate) fn maker(tags: &[impl SdkTag]) -> String {
    match (value(tags, STEP), value(tags, RUN)) {
        (Some(step), Some(run)) => format!("made by step {step} of run {run}"),
        _ => "not made by hopper".to_owned(),
    }
}

#[cfg(all(test, feature = "ec2"))]
mod tests {
    use super::*;
    use crate::{Tags, mark::ec2_tags};

    #[test]
    fn the_maker_is_told_by_the_mark() {
        assert_eq!(maker(&ec2_tags(&Tags::named("bastion"))), "not made by hopper");
        let marked = Tags::new().with(STEP, "net/vpc").with(RUN, "r1");
        assert_eq!(maker(&ec2_tags(&marked)), "made by step net/vpc of run r1");
    }
}
