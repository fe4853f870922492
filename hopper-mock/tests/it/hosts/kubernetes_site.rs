//! A cluster: a control plane and workers with their roles, groups and tags.

use std::fmt::Debug;

use hopper_mock::host::Origin;
use k8s_openapi::serde::de::DeserializeOwned;
use kube::api::{ApiResource, DynamicObject, Patch, PatchParams};
use kube::{Api, Client};
use serde_json::{Value, json};

use super::join::{TOKEN, baked, user_data};
use super::kubernetes_client::{Way, tls};
use super::site::{Site, open};
use crate::support::{accepted, seconds};

pub(super) const ECR: &str = "602401143452.dkr.ecr.us-west-2.amazonaws.com";
const PROVIDER: &str = "/etc/kubernetes/credential-provider.yaml";

pub(super) struct Cluster {
    pub(super) site: Site,
    pub(super) image: String,
    pub(super) control_plane: String,
    pub(super) hash: String,
    pub(super) way: Way,
    pub(super) client: Client,
}

/// What nodes and the control plane may do.
pub(super) const ALLOWED: &str =
    r#"{"Effect":"Allow","Action":["ec2:*","elasticloadbalancing:*","ecr:*"],"Resource":"*"}"#;

impl Cluster {
    pub(super) async fn new() -> Self {
        Self::allowed(ALLOWED).await
    }

    /// With a policy of these statements.
    pub(super) async fn allowed(statements: &str) -> Self {
        let (site, image) = baked().await;
        let mock = site.mock().clone();
        crate::support::role(&mock, "Node");
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let params =
            [("RoleName", "Node"), ("PolicyName", "node"), ("PolicyDocument", document.as_str())];
        accepted(&mock, "iam:PutRolePolicy", &params);
        let profile = [("InstanceProfileName", "Node")];
        accepted(&mock, "iam:CreateInstanceProfile", &profile);
        let role = [("InstanceProfileName", "Node"), ("RoleName", "Node")];
        accepted(&mock, "iam:AddRoleToInstanceProfile", &role);
        tokio::time::sleep(seconds(15)).await;
        for id in [&site.ground.subnet_id, &site.private_group] {
            let tags = [
                ("ResourceId.1", id.as_str()),
                ("Tag.1.Key", "kubernetes.io/cluster/hopper"),
                ("Tag.1.Value", "owned"),
                ("Tag.2.Key", "kubernetes.io/role/elb"),
                ("Tag.2.Value", "1"),
            ];
            accepted(&mock, "CreateTags", &tags);
        }
        open(&mock, &site.private_group, "6443", None, Some(&site.private_group));
        open(&mock, &site.private_group, "6443", None, Some(&site.bastion_group));
        let id = node(&site, &image, &[("PrivateIpAddress", "10.0.16.10")]).await;
        let host = site.client_of(&id).await;
        let config = format!(
            "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n\
             bootstrapTokens: [{{token: \"{TOKEN}\", ttl: 2h0m0s}}]\nnodeRegistration:\n  name: master\n\
             {}---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n\
             kubernetesVersion: v1.36.3\ncontrolPlaneEndpoint: 10.0.16.10:6443\n\
             apiServer: {{certSANs: [10.0.16.10, 127.0.0.1, api.example]}}\n",
            arguments(Some(&id))
        );
        assert_eq!(host.run_with("cat > config", &config).await.status, Some(0));
        host.printed("sudo bash -c 'mkdir -p /etc/kubernetes'").await;
        provider(&host).await;
        host.printed("sudo kubeadm init --config=config").await;
        let join = host.printed("sudo kubeadm token create --print-join-command --ttl 1h").await;
        let hash = join.split_whitespace().nth(6).unwrap().to_owned();
        let kubeconfig = host.printed("sudo cat /etc/kubernetes/admin.conf").await;
        let way = Way {
            mock,
            from: Origin::Instance(site.bastion.clone()),
            address: "10.0.16.10:6443".to_owned(),
            config: tls(&kubeconfig),
        };
        let client = way.client();
        Self { site, image, control_plane: id, hash, way, client }
    }

    /// A worker that joins by itself; whether it has what it takes to fetch from ECR.
    pub(super) async fn worker(&self, can_fetch: bool) -> String {
        let setup = if can_fetch { setup() } else { String::new() };
        // Without a provider id the cloud controller manager finds the instance by its name.
        let registration = format!(
            "nodeRegistration:\n  name: $(hostname).eu-west-1.compute.internal\n{}",
            arguments(None)
        );
        let script = format!(
            "{setup}cat > /tmp/join <<EOF\napiVersion: kubeadm.k8s.io/v1beta4\n\
             kind: JoinConfiguration\ndiscovery:\n  bootstrapToken:\n    token: {TOKEN}\n    \
             apiServerEndpoint: 10.0.16.10:6443\n    caCertHashes:\n    - {}\n{}EOF\n\
             kubeadm join --config /tmp/join",
            self.hash, registration
        );
        node(&self.site, &self.image, &[("UserData", &user_data(&script))]).await
    }

    pub(super) fn api<K>(&self, namespace: &str) -> Api<K>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), namespace)
    }

    pub(super) fn all<K>(&self) -> Api<K>
    where
        K: kube::Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        Api::all(self.client.clone())
    }

    /// Applies an object as a manager does.
    pub(super) async fn apply(&self, object: &Value) -> Result<DynamicObject, kube::Error> {
        let params = PatchParams::apply("hopper");
        self.apply_as(object, &params).await
    }

    pub(super) async fn apply_as(
        &self,
        object: &Value,
        params: &PatchParams,
    ) -> Result<DynamicObject, kube::Error> {
        let (version, kind) =
            (object["apiVersion"].as_str().unwrap(), object["kind"].as_str().unwrap());
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        let resource =
            ApiResource::from_gvk(&kube::core::GroupVersionKind::gvk(group, version, kind));
        let client = self.client.clone();
        let api: Api<DynamicObject> = match object["metadata"]["namespace"].as_str() {
            Some(namespace) => Api::namespaced_with(client, namespace, &resource),
            None => Api::all_with(client, &resource),
        };
        api.patch(object["metadata"]["name"].as_str().unwrap(), params, &Patch::Apply(object)).await
    }

    /// The pod network and the cloud controller manager.
    pub(super) async fn add_ons(&self) {
        self.apply(&network()).await.unwrap();
        self.apply(&cloud_controller()).await.unwrap();
    }
}

async fn node(site: &Site, image: &str, more: &[(&str, &str)]) -> String {
    let mut params = vec![
        ("ImageId", image),
        ("InstanceType", "t3.medium"),
        ("IamInstanceProfile.Name", "Node"),
        ("TagSpecification.1.ResourceType", "instance"),
        ("TagSpecification.1.Tag.1.Key", "kubernetes.io/cluster/hopper"),
        ("TagSpecification.1.Tag.1.Value", "owned"),
    ];
    params.extend(more);
    site.private(&params).await
}

fn arguments(id: Option<&str>) -> String {
    let mut text = "  kubeletExtraArgs:\n  - {name: cloud-provider, value: external}\n".to_owned();
    if let Some(id) = id {
        text.push_str(&format!("  - {{name: provider-id, value: aws:///eu-west-1a/{id}}}\n"));
    }
    for (name, value) in [
        ("max-pods", "\"17\""),
        ("image-credential-provider-config", PROVIDER),
        ("image-credential-provider-bin-dir", "/usr/local/bin"),
    ] {
        text.push_str(&format!("  - {{name: {name}, value: {value}}}\n"));
    }
    text
}

fn setup() -> String {
    format!(
        "mkdir -p /etc/kubernetes\nprintf 'name: ecr-credential-provider\\nmatchImages: [\"*.dkr.ecr.*.amazonaws.com\"]\\n' > {PROVIDER}\n\
         printf ELF > /usr/local/bin/ecr-credential-provider\nchmod 755 /usr/local/bin/ecr-credential-provider\n"
    )
}

async fn provider(host: &super::client::Client) {
    let ended = host.run_with("sudo bash -s", &setup()).await;
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
}

pub(super) fn network() -> Value {
    daemon_set("aws-node", &format!("{ECR}/amazon-k8s-cni:v1.23.0"))
}

pub(super) fn cloud_controller() -> Value {
    let image = "registry.k8s.io/provider-aws/cloud-controller-manager:v1.36.1";
    let mut object = daemon_set("cloud-controller-manager", image);
    let label = "node-role.kubernetes.io/control-plane";
    object["spec"]["template"]["spec"]["nodeSelector"] = json!({label: ""});
    object
}

fn daemon_set(name: &str, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": "kube-system"},
        "spec": {
            "selector": {"matchLabels": {"k8s-app": name}},
            "template": {
                "metadata": {"labels": {"k8s-app": name}},
                "spec": {
                    "hostNetwork": true,
                    "tolerations": [{"operator": "Exists"}],
                    "containers": [{"name": name, "image": image}],
                },
            },
        },
    })
}

pub(super) fn demo() -> [Value; 2] {
    let labels = json!({"app": "demo"});
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "demo", "namespace": "default"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "web", "image": "docker.io/errm/kubegratulations"}]},
            },
        },
    });
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "demo", "namespace": "default"},
        "spec": {
            "type": "LoadBalancer",
            "selector": labels,
            "ports": [{"port": 80, "targetPort": 8080}],
        },
    });
    [deployment, service]
}
