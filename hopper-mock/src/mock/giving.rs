//! [`Mock::call_giving`]: calls that make things under ids of somebody else.

use super::Mock;
use crate::wire::{AwsError, Reply, Request};
use crate::world::World;

/// Whether something of EC2 that other things name has this id.
fn is_taken(world: &World, id: &str) -> bool {
    let ec2 = &world.ec2;
    ec2.instances.contains_key(id)
        || ec2.images.contains_key(id)
        || ec2.vpcs.contains_key(id)
        || ec2.subnets.contains_key(id)
        || ec2.security_groups.contains_key(id)
        || ec2.volumes.contains_key(id)
}

impl Mock {
    /// One call as [`call`](Self::call) makes it, whose new things have ids that are given, as far
    /// as they are of their kinds: so a world can follow another one.
    ///
    /// ```
    /// use hopper_mock::Mock;
    ///
    /// let mock = Mock::builder().build();
    /// let ids = ["vpc-0123456789abcdef0"];
    /// let made = mock.call_giving(&ids, "CreateVpc", &[("CidrBlock", "10.0.0.0/16")]);
    /// assert_eq!(made.text("vpc/vpcId"), Some(ids[0]));
    /// let again = mock.call_giving(&ids, "CreateVpc", &[("CidrBlock", "10.1.0.0/16")]);
    /// assert_eq!(again.code(), Some("InvalidParameterValue"));
    /// ```
    pub fn call_giving(&self, ids: &[&str], operation: &str, params: &[(&str, &str)]) -> Reply {
        let request = match Request::named(operation, params) {
            Ok(request) => request,
            Err(error) => return self.refuse(&mut self.lock(), error.into()),
        };
        let mut state = self.lock();
        if let Some(taken) = ids.iter().find(|id| is_taken(&state.world, id)) {
            let why = format!("The id '{taken}' is taken");
            let error = AwsError::new("InvalidParameterValue", why);
            return self.refuse_request(&mut state, &request, error, None);
        }
        state.world.machinery.ids.give(ids);
        let reply = self.answer(&mut state, &request);
        state.world.machinery.ids.give(&[]);
        reply
    }
}
