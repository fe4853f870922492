//! What the simulator promises, rule by rule.
//!
//! Each rule of AWS is a test with the label of its evidence: [D] AWS's own text, [O] seen in
//! public logs of real accounts, [U] our expectation.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod addresses;
mod auto_scaling_failures;
mod auto_scaling_groups;
mod auto_scaling_instances;
mod auto_scaling_lives;
mod auto_scaling_load_balancers;
mod auto_scaling_tags;
mod auto_scaling_templates;
mod consistency;
mod determinism;
mod elb;
mod elbv2;
mod faults;
mod file;
mod ground;
mod hosts;
mod iam_policies;
mod iam_profiles;
mod iam_roles;
mod iam_service_linked_roles;
mod iam_simulation;
mod iam_tags;
mod iam_users;
mod images;
mod instance_changes;
mod instances;
mod internet_gateways;
mod key_pairs;
mod kube_service_lb;
mod launch_configurations;
mod launch_options;
mod launch_templates;
mod nat_gateways;
mod network_interfaces;
mod profile_associations;
mod protocol;
mod refusals;
mod route_table_associations;
mod route_tables;
mod routes;
mod s3;
mod scaling_ground;
mod security_groups;
mod server;
mod service_quotas;
mod ssm;
mod subnets;
mod support;
mod tags;
mod template_launches;
mod volumes;
mod vpcs;
mod world;
