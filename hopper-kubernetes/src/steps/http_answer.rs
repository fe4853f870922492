//! [`HttpAnswer`]: a web page that answers.

use crate::{
    Hosts,
    api::{Look, until},
};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Step, StepError, outputs};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The most that is read of an answer.
const MOST: usize = 1024 * 1024;
/// One try takes no longer.
const TRY: Duration = Duration::from_secs(10);

/// Waits until a web page answers with 200.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HttpAnswer {
    /// The server.
    pub host: Input<String>,
    /// Its port.
    pub port: u16,
    /// The page, e.g. `/`.
    pub path: String,
    /// How long it may take.
    pub within: Duration,
}

outputs! {
    /// What a web page answered.
    pub struct HttpAnswerOut -> HttpAnswerRefs {
        /// Its address.
        url: String,
        /// How many bytes it has.
        size: usize,
    }
}

impl Step for HttpAnswer {
    const KIND: &'static str = "http.answer";
    const ATOMIC: bool = true;
    const READS: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = HttpAnswerOut;

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<HttpAnswerOut, StepError> {
        let (host, path) = (cx.get(&self.host), &self.path);
        let url = match self.port {
            80 => format!("http://{host}{path}"),
            port => format!("http://{host}:{port}{path}"),
        };
        until(cx, &url, self.within, || async {
            Ok(match tokio::time::timeout(TRY, self.get(hosts, host)).await {
                Ok(Ok(size)) => Look::Ready(HttpAnswerOut { url: url.clone(), size }),
                Ok(Err(why)) => Look::NotYet(why),
                Err(_) => Look::NotYet("no answer".to_owned()),
            })
        })
        .await
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<HttpAnswerOut>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(&self, _: &Hosts, _: &Cx, _: Made<'_, HttpAnswerOut>) -> Result<(), StepError> {
        Ok(())
    }
}

impl HttpAnswer {
    /// How many bytes the page has.
    async fn get(&self, hosts: &Hosts, host: &str) -> Result<usize, String> {
        let told = |error: &dyn std::fmt::Display| error.to_string();
        let stream = hosts.dial(host, self.port).await.map_err(|error| told(&error))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| told(&error))?;
        let request = hyper::Request::get(&self.path)
            .header("host", host)
            .header("user-agent", "hopper")
            .body(Empty::<Bytes>::new())
            .map_err(|error| told(&error))?;
        let exchange = async {
            let answer = sender.send_request(request).await.map_err(|error| told(&error))?;
            match answer.status().as_u16() {
                200 => {
                    let body = Limited::new(answer.into_body(), MOST).collect().await;
                    body.map(|body| body.to_bytes().len()).map_err(|error| told(&error))
                }
                status => Err(format!("it answers {status}")),
            }
        };
        tokio::pin!(exchange, connection);
        tokio::select! {
            size = &mut exchange => size,
            _ = &mut connection => exchange.await,
        }
    }
}
