//! `hopper serve`: the simulator for any AWS client.

use crate::{
    args::Serve, failure::Failure, interrupt::Interrupt, out::say, runtime, site::Backend,
};
use hopper_mock::Mock;

/// Serves a fresh account until Ctrl-C.
///
/// # Errors
///
/// When the address cannot be listened on.
pub fn serve(args: &Serve, interrupt: &Interrupt) -> Result<u8, Failure> {
    // Clients wait in real time.
    runtime::run(Backend::Aws, async {
        let mock = Mock::builder().seed(args.seed).speed(args.speed).build();
        let server = mock.serve(&args.listen).await.map_err(|error| {
            Failure::usage(format_args!(
                "cannot listen on {}: {error}; give another address with --listen, e.g. \
                 127.0.0.1:0 for any free port",
                args.listen
            ))
        })?;
        let region = mock.world().region.clone();
        say(format_args!("listening on http://{}", server.addr()));
        say(format_args!(
            "region {region}, any credentials; try: aws --endpoint-url http://{} --region \
             {region} ec2 describe-vpcs",
            server.addr()
        ));
        interrupt.wait().await;
        server.stop().await;
        let left = mock.world().leftovers();
        left.iter().for_each(|left| say(format_args!("left: {left}")));
        say(format_args!("{} calls answered, {} left", mock.calls().len(), left.len()));
        Ok(0)
    })
}
