//! [`AvailabilityZones`]: where in the region things can be.

use crate::{
    Aws,
    call::read,
    mark::filter,
    needs::{Draft, Needed, Needs},
};
use hopper_core::{Cx, Lookup, StepError};
use serde::{Deserialize, Serialize};

/// Looks up the names of the zones that can be used, in their order: `eu-west-1a`, …
///
/// Local and wavelength zones are left out, and so are zones the account has not opted into.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AvailabilityZones {}

impl Needs for AvailabilityZones {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:DescribeAvailabilityZones"]);
    }
}

impl Lookup for AvailabilityZones {
    const KIND: &'static str = "aws.ec2.availability_zones";
    type Env = Aws;
    type Output = Vec<String>;

    async fn look_up(&self, aws: &Aws, cx: &Cx) -> Result<Vec<String>, StepError> {
        let call = aws
            .ec2()
            .describe_availability_zones()
            .filters(filter("state", "available"))
            .filters(filter("zone-type", "availability-zone"));
        let reply = read(aws, cx, "DescribeAvailabilityZones", || call.clone().send()).await?;
        let zones = reply.availability_zones.unwrap_or_default();
        let mut names: Vec<_> = zones.into_iter().filter_map(|zone| zone.zone_name).collect();
        names.sort_unstable();
        match names.is_empty() {
            false => Ok(names),
            true => Err(StepError::permanent("the region has no zone that can be used")
                .with_operation("DescribeAvailabilityZones")
                .with_hint("choose another region")),
        }
    }
}
