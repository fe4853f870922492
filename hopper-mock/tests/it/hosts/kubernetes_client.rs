//! The client of the `kube` crate over connections of the simulator.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hopper_mock::Mock;
use hopper_mock::host::Origin;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use kube::client::Body;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Where the API is, from where, and who asks.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) mock: Mock,
    pub(crate) from: Origin,
    pub(crate) address: String,
    pub(crate) config: Arc<ClientConfig>,
}

type Answered = Result<Response<Incoming>, Box<dyn std::error::Error + Send + Sync>>;

impl tower_service::Service<Request<Body>> for Way {
    type Response = Response<Incoming>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Answered> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let way = self.clone();
        Box::pin(async move {
            let stream = way.mock.dial(&way.from, way.address.parse()?).await?;
            let name = way.address.split(':').next().unwrap_or_default().to_owned();
            let connector = TlsConnector::from(way.config.clone());
            let stream = connector.connect(name.try_into()?, stream).await?;
            let host = way.address.parse()?;
            request.headers_mut().insert(hyper::header::HOST, host);
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            Ok(sender.send_request(request).await?)
        })
    }
}

impl Way {
    pub(crate) fn client(&self) -> kube::Client {
        kube::Client::new(self.clone(), "default")
    }
}

/// TLS as a kubeconfig says.
pub(crate) fn tls(kubeconfig: &str) -> Arc<ClientConfig> {
    let data = |name: &str| {
        let line = kubeconfig.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap();
        BASE64_STANDARD.decode(line.trim()).unwrap()
    };
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(&data("certificate-authority-data:")).unwrap();
    roots.add(authority).unwrap();
    let certificate = CertificateDer::from_pem_slice(&data("client-certificate-data:")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&data("client-key-data:")).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}
