//! Settings of a cluster that cannot be right.

use hopper_aws::settings::{ClusterSettings, SettingsError};

#[test]
fn every_mistake_is_told_at_once() {
    let wrong = ClusterSettings::from_toml(
        r#"
        name = "a b"
        public_key = "ssh-rsa garbage"
        ssh_from = "0.0.0.0/0"
        control_plane_type = "x9.huge"
        [network]
        zones = ["eu-west-1a", "us-east-1a", "eu-west-1a"]
        cidr = "10.0.0.0/8"
        service_cidr = "10.0.0.0/16"
        [network.existing]
        vpc = "vpc-0123456789abcdef0"
        private_subnets = ["subnet-0123456789abcdef0"]
        public_subnets = []
        [node.kubernetes]
        version = "1.35.2"
        [node.pod_network]
        url = "aws-k8s-cni.yaml'; rm -rf /"
        sha256 = "cafe"
        [workers]
        instance_type = "x9.huge"
        min = 3
        max = 2
        labels = { "node-role.kubernetes.io/node" = "" }
        "#,
    );
    let SettingsError::Wrong(problems) = wrong.unwrap_err() else { panic!("not as expected") };
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_kubeconfig_is_the_same_file_wherever_one_stands() {
    for path in ["config", "~/.kube/config", ".kube/config"] {
        let wrong = ClusterSettings::from_toml(&format!("kubeconfig = {path:?}")).unwrap_err();
        assert_eq!(wrong.to_string(), format!("kubeconfig: {path} is no absolute path"));
    }
    let settings = ClusterSettings::from_toml("kubeconfig = '/home/me/.kube/config'").unwrap();
    assert_eq!(settings.kubeconfig.unwrap().to_str(), Some("/home/me/.kube/config"));
}

#[test]
fn the_defaults_are_right() {
    assert_eq!(ClusterSettings::default().problems(), []);
    assert_eq!(ClusterSettings::from_toml("").unwrap(), ClusterSettings::default());
    assert!(ClusterSettings::from_toml("nodes = 3").unwrap_err().to_string().contains("nodes"));
}
