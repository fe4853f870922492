//! A fresh account on a port, for any AWS client: `serve [ADDRESS] [SEED] [SPEED]`.

use std::env;

use hopper_mock::Mock;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = env::args().skip(1);
    let address = args.next().unwrap_or_else(|| "127.0.0.1:4566".to_owned());
    let seed = args.next().map_or(Ok(1), |seed| seed.parse())?;
    let speed = args.next().map_or(Ok(1), |speed| speed.parse())?;

    let mock = Mock::builder().seed(seed).speed(speed).build();
    let server = mock.serve(address).await?;
    println!("listening on http://{}", server.addr());
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    print!("{}", mock.calls());
    Ok(())
}
