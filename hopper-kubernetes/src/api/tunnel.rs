//! [`Tunnel`]: connections to the API through a machine.

use hopper_ssh::{Dialer as _, Machine, Stream};
use http::Uri;
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tower_service::Service;

/// Opens connections to an address as a machine sees it.
#[derive(Clone, Debug)]
pub(super) struct Tunnel(pub(super) Machine);

impl Service<Uri> for Tunnel {
    type Response = TokioIo<Connect>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let machine = self.0.clone();
        Box::pin(async move {
            let host = uri.host().unwrap_or("127.0.0.1");
            let stream = machine.dial(host, uri.port_u16().unwrap_or(443)).await?;
            Ok(TokioIo::new(Connect(stream)))
        })
    }
}

/// A connection through a machine.
pub(super) struct Connect(Stream);

impl Connection for Connect {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Connect {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connect {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
