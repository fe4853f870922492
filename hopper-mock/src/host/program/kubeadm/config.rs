//! What kubeadm reads in its configuration.

use serde_json::Value;

use super::super::Call;

/// The fields that make a difference here, of all documents together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) kubernetes_version: Option<String>,
    pub(super) control_plane_endpoint: Option<String>,
    pub(super) advertise_address: Option<String>,
    pub(super) node_name: Option<String>,
    /// Whether a machine joins as one of the control plane.
    pub(super) joins_control_plane: bool,
    /// The cloud that the programs of the control plane talk to themselves.
    pub(super) cloud_provider: Option<String>,
    /// Tokens with how long they last.
    pub(super) tokens: Vec<(String, Option<String>)>,
    /// The address of the API server to join, and the hashes of its authority.
    pub(super) api_server: Option<String>,
    pub(super) ca_hashes: Vec<String>,
    pub(super) is_unsafe: bool,
    /// What the API server's certificate is for, besides the host's own addresses.
    pub(super) cert_sans: Vec<String>,
    /// The arguments of the kubelet.
    pub(super) kubelet_arguments: Vec<(String, String)>,
    /// The text it was read from.
    pub(super) text: String,
}

/// The configuration a call is given with `--config`, or an empty one.
pub(super) async fn given(call: &Call<'_>) -> Result<Config, i32> {
    let Some(file) = call.value('\0', "config") else { return Ok(Config::default()) };
    let Some(data) = call.read(&file).await else {
        call.io.err(format!("unable to read config from \"{file}\""));
        return Err(1);
    };
    let version = super::version(&call.shell.guest);
    read(&String::from_utf8_lossy(&data), &version).map_err(|why| {
        call.io.err(format!(
            "{why}\nTo see the stack trace of this error execute with --v=5 or higher"
        ));
        1
    })
}

/// Reads the documents. The kinds of Kubernetes' other configurations are passed over.
fn read(text: &str, version: &str) -> Result<Config, String> {
    let is_old = super::is_of_2018(version);
    let mut config = Config { text: text.to_owned(), ..Config::default() };
    let parsed: Vec<Value> = serde_saphyr::from_multiple(text).unwrap_or_default();
    for document in &parsed {
        lists(&mut config, document);
    }
    for document in text.split("\n---") {
        let find = |name: &str| document.lines().find_map(|line| field(line, name));
        let (Some(spec), Some(kind)) = (find("apiVersion"), find("kind")) else {
            if document.trim().is_empty() {
                continue;
            }
            return Err(
                "invalid configuration for GroupVersionKind /, Kind=: kind and apiVersion \
                        is mandatory information that must be specified"
                    .to_owned(),
            );
        };
        match spec.strip_prefix("kubeadm.k8s.io/") {
            Some("v1alpha1") if is_old => {}
            Some(_) if is_old => {
                return Err(format!("no kind \"{kind}\" is registered for version \"{spec}\""));
            }
            Some("v1beta4" | "v1beta3") => {}
            Some(_) => {
                return Err(format!(
                    "your configuration file uses an old API spec: \"{spec}\" (kind: \
                     \"{kind}\"). Please use kubeadm v1.22 instead and run 'kubeadm config migrate \
                     --old-config old.yaml --new-config new.yaml', which will write the new, \
                     similar spec using a newer API version."
                ));
            }
            None => continue,
        }
        let endpoint = "controlPlaneEndpoint";
        config.control_plane_endpoint = find(endpoint).or(config.control_plane_endpoint);
        config.kubernetes_version = find("kubernetesVersion").or(config.kubernetes_version);
        config.advertise_address = find("advertiseAddress").or(config.advertise_address);
        config.api_server = find("apiServerEndpoint").or(config.api_server);
        config.is_unsafe |= find("unsafeSkipCAVerification").as_deref() == Some("true");
        config.cloud_provider = find("cloudProvider").or(config.cloud_provider);
        let node_name = if is_old { find("nodeName") } else { registration_name(document) };
        config.node_name = node_name.or(config.node_name);
        if let Some(token) = find("token") {
            config.tokens.push((token, find("ttl").or_else(|| find("tokenTTL"))));
        }
        let hashes = document.split(['"', '\'', ' ', '[', ']', ',', '\n', '{', '}']);
        config
            .ca_hashes
            .extend(hashes.filter(|word| word.starts_with("sha256:")).map(str::to_owned));
    }
    Ok(config)
}

impl Config {
    /// The file in which kubeadm tells the kubelet its arguments.
    pub(super) fn kubelet_flags(&self) -> String {
        let arguments = self.kubelet_arguments.iter();
        let words: Vec<_> = arguments.map(|(name, value)| format!("--{name}={value}")).collect();
        format!("KUBELET_KUBEADM_ARGS=\"{}\"\n", words.join(" "))
    }
}

/// What is in lists: names and arguments.
fn lists(config: &mut Config, document: &Value) {
    let items = |pointer: &str| document.pointer(pointer).and_then(Value::as_array);
    let names = ["/apiServer/certSANs", "/apiServerCertSANs"].into_iter().filter_map(items);
    let names = names.flatten();
    config.cert_sans.extend(names.filter_map(Value::as_str).map(str::to_owned));
    config.joins_control_plane |= document.get("controlPlane").is_some();
    for argument in items("/nodeRegistration/kubeletExtraArgs").into_iter().flatten() {
        let value = match &argument["value"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let name = argument["name"].as_str().unwrap_or_default().to_owned();
        config.kubelet_arguments.push((name, value));
    }
}

/// The value a line gives to a name, also where it begins a list (`- token: x`) or has several
/// (`[{token: x, ttl: 2h}]`).
fn field(line: &str, name: &str) -> Option<String> {
    let line = line.split(" #").next()?;
    let (before, after) = line.split_once(&format!("{name}:"))?;
    if before.ends_with(|letter: char| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let value = after.trim().split([',', '}', ']']).next()?.trim_matches(['"', '\'', ' ']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// `nodeRegistration.name`, and not the names of arguments below it.
fn registration_name(document: &str) -> Option<String> {
    let (_, after) = document.split_once("nodeRegistration:")?;
    let mut inside = after.lines().skip(1).take_while(|line| line.starts_with(' '));
    let line = inside.find(|line| line.trim_start().starts_with("name:"))?;
    field(line, "name")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = "v1.36.3";

    #[test]
    fn both_ways_to_write_a_list_are_read() {
        let block = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n\
                     bootstrapTokens:\n- token: \"abcdef.0123456789abcdef\"\n  ttl: 2h0m0s\n\
                     nodeRegistration:\n  name: one\n  kubeletExtraArgs:\n  - name: x\n    value: y\n\
                     ---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n\
                     kubernetesVersion: v1.36.3\ncontrolPlaneEndpoint: 10.0.0.10:6443\n";
        let config = read(block, NEW).unwrap();
        let token = "abcdef.0123456789abcdef".to_owned();
        assert_eq!(config.tokens, [(token.clone(), Some("2h0m0s".to_owned()))]);
        assert_eq!(config.node_name.as_deref(), Some("one"));
        assert_eq!(config.kubernetes_version.as_deref(), Some("v1.36.3"));
        assert_eq!(config.control_plane_endpoint.as_deref(), Some("10.0.0.10:6443"));
        let flow = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n\
                    bootstrapTokens: [{token: \"abcdef.0123456789abcdef\", ttl: 2h0m0s}]\n";
        assert_eq!(read(flow, NEW).unwrap().tokens, [(token, Some("2h0m0s".to_owned()))]);
    }

    #[test]
    fn old_versions_are_refused() {
        let old = "apiVersion: kubeadm.k8s.io/v1alpha1\nkind: MasterConfiguration\n";
        let beta = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n";
        assert!(read(old, "v1.10.3").is_ok());
        assert!(read(beta, "v1.10.3").unwrap_err().contains("is registered for version"));
        assert!(read(old, NEW).unwrap_err().contains("old API spec"));
        assert!(read("token: x\n", NEW).unwrap_err().contains("mandatory"));
    }
}
