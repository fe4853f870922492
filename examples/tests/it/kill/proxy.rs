//! [`Proxy`]: stands between a program and AWS, counts calls, and kills the program at one of them.

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client, server,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{
    net::SocketAddr,
    process::{Child, Command},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};

/// When in the course of a call the program dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The call never reaches AWS.
    NotApplied,
    /// It takes effect, and the reply is lost.
    ReplyLost,
    /// The reply arrives, and there is hardly time to record it.
    Replied,
}

pub(super) const MOMENTS: [Moment; 3] = [Moment::NotApplied, Moment::ReplyLost, Moment::Replied];

/// Forwards every call, one after the other counted from 1.
#[derive(Clone)]
pub(super) struct Proxy {
    shared: Arc<Shared>,
}

struct Shared {
    address: SocketAddr,
    upstream: SocketAddr,
    /// How many calls have come since the program was started.
    n_calls: AtomicUsize,
    /// How many are under way upstream.
    n_underway: AtomicUsize,
    victim: Mutex<Option<Victim>>,
}

struct Victim {
    child: Child,
    at: Option<(usize, Moment)>,
}

impl Proxy {
    /// Listens on a free port of the loopback interface; call it on a runtime that stays.
    pub(super) async fn start(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shared = Arc::new(Shared {
            address: listener.local_addr().unwrap(),
            upstream,
            n_calls: AtomicUsize::new(0),
            n_underway: AtomicUsize::new(0),
            victim: Mutex::new(None),
        });
        let proxy = Self { shared };
        let serving = proxy.clone();
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let proxy = serving.clone();
                let service = service_fn(move |request| proxy.clone().handle(request));
                let connection = server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                // A connection that breaks is what this is for.
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        proxy
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// Runs a program, killing it at a call if one is named. Returns its exit code (none if it
    /// was killed), what it printed, and how many calls it made.
    pub(super) fn run(
        &self,
        mut command: Command,
        at: Option<(usize, Moment)>,
    ) -> (Option<i32>, String, usize) {
        let shared = &self.shared;
        let output = {
            let mut victim = shared.victim.lock().unwrap();
            shared.n_calls.store(0, Ordering::SeqCst);
            let mut child = command.spawn().unwrap();
            let output = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
            *victim = Some(Victim { child, at });
            output
        };
        let printed = std::io::read_to_string(output.0).unwrap()
            + &std::io::read_to_string(output.1).unwrap();
        let mut victim = shared.victim.lock().unwrap().take().unwrap();
        let status = victim.child.wait().unwrap();
        // What was sent before the end arrives before anybody goes on.
        while shared.n_underway.load(Ordering::SeqCst) != 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        (status.code(), printed, shared.n_calls.load(Ordering::SeqCst))
    }

    async fn handle(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, hyper::Error> {
        let n = 1 + self.shared.n_calls.fetch_add(1, Ordering::SeqCst);
        let moment = self.moment(n);
        if moment == Some(Moment::NotApplied) {
            self.kill();
        }
        let (head, body) = request.into_parts();
        let body = Full::new(body.collect().await?.to_bytes());
        if moment == Some(Moment::NotApplied) {
            return std::future::pending().await;
        }
        // In a task of its own: AWS goes on with a call whoever hangs up.
        self.shared.n_underway.fetch_add(1, Ordering::SeqCst);
        let proxy = self.clone();
        let forwarded = tokio::spawn(async move {
            let response = proxy.forward(Request::from_parts(head, body)).await;
            proxy.shared.n_underway.fetch_sub(1, Ordering::SeqCst);
            response
        });
        let response = forwarded.await.expect("forwarding does not panic");
        match moment {
            Some(Moment::ReplyLost) => {
                self.kill();
                std::future::pending().await
            }
            Some(Moment::Replied) => {
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    self.kill();
                });
                response
            }
            _ => response,
        }
    }

    async fn forward(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Full<Bytes>>, hyper::Error> {
        let stream = TcpStream::connect(self.shared.upstream).await.expect("upstream listens");
        let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move { drop(connection.await) });
        let (mut head, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        head.headers.remove("transfer-encoding");
        head.headers.remove("connection");
        Ok(Response::from_parts(head, Full::new(body)))
    }

    fn moment(&self, n: usize) -> Option<Moment> {
        let victim = self.shared.victim.lock().unwrap();
        victim.as_ref().and_then(|v| v.at).filter(|(at, _)| *at == n).map(|(_, moment)| moment)
    }

    /// `kill -9`.
    fn kill(&self) {
        if let Some(victim) = self.shared.victim.lock().unwrap().as_mut() {
            // It may have ended by itself a moment ago.
            let _ = victim.child.kill();
        }
    }
}
