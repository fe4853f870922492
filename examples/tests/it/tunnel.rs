//! `hopper tunnel` and `hopper kubeconfig`: a client of Kubernetes gets to the cluster by them.

use crate::program::{Program, Running};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::{
    Api, Client, Config, Error,
    api::ListParams,
    config::{KubeConfigOptions, Kubeconfig},
};
use tokio::runtime;

/// A client, as kubectl is one, that has nothing but a kubeconfig.
async fn connected(kubeconfig: Kubeconfig) -> Client {
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap();
    Client::try_from(config).unwrap()
}

/// The names of all nodes or pods, with a word about each.
async fn listed<T>(client: &Client, of: impl Fn(&T) -> String) -> Result<Vec<String>, Error>
where
    T: kube::Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let list = Api::<T>::all(client.clone()).list(&ListParams::default()).await?;
    Ok(list.items.iter().map(of).collect())
}

fn ready(node: &Node) -> String {
    let conditions = node.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let ready = conditions.filter(|one| one.type_ == "Ready").map(|one| one.status.clone());
    ready.collect()
}

fn named(pod: &Pod) -> String {
    let phase = pod.status.as_ref().and_then(|status| status.phase.clone()).unwrap_or_default();
    format!("{} {phase}", pod.metadata.name.clone().unwrap_or_default())
}

#[test]
fn a_client_lists_nodes_and_pods_through_it() {
    let program = Program::new();
    program.done("up");
    let tunnel = Running::start(program.command("tunnel --listen 127.0.0.1:0"));
    let (url, _) = tunnel.line.split_once(' ').unwrap();
    assert!(url.starts_with("https://127.0.0.1:"), "{}", tunnel.line);
    let printed = program.done(&format!("kubeconfig --print --server {url}")).stdout;
    let kubeconfig = Kubeconfig::from_yaml(&printed).unwrap();
    let mut nobodys = kubeconfig.clone();
    let nobody = nobodys.auth_infos[0].auth_info.as_mut().unwrap();
    (nobody.client_certificate_data, nobody.client_key_data) = (None, None);

    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = connected(kubeconfig).await;
        assert_eq!(listed(&client, ready).await.unwrap(), ["True", "True"]);
        let pods = listed(&client, named).await.unwrap();
        assert!(pods.iter().any(|pod| pod.starts_with("demo-")), "{pods:?}");
        assert!(pods.iter().all(|pod| pod.ends_with(" Running")), "{pods:?}");
        // Who has no certificate is nobody.
        let refused = listed(&connected(nobodys).await, ready).await.unwrap_err();
        assert!(refused.to_string().contains("system:anonymous"), "{refused:?}");
    });

    let stopped = tunnel.stop();
    assert_eq!((stopped.code, &*stopped.stderr), (0, ""), "{stopped:?}");
    // It has changed nothing.
    assert!(program.done("check").last().ends_with("all as recorded"));
}
