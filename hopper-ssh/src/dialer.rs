//! [`Dialer`]: how to get a stream of bytes to an address.

use async_trait::async_trait;
use std::io;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

/// A stream of bytes in both directions.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A stream of bytes in both directions.
pub type Stream = Box<dyn Io>;

/// How to get a stream of bytes to an address.
#[async_trait]
pub trait Dialer: Send + Sync {
    /// Opens a stream to an address, as it is seen from where the dialer is.
    async fn dial(&self, address: &str, port: u16) -> io::Result<Stream>;
}

/// Dials from here, over TCP.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tcp;

#[async_trait]
impl Dialer for Tcp {
    async fn dial(&self, address: &str, port: u16) -> io::Result<Stream> {
        let stream = TcpStream::connect((address, port)).await?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}
