//! A small Kubernetes API for each cluster that a simulated `kubeadm init` made.
//!
//! The objects are kept with the control plane's host. Requests are answered over TLS on port
//! 6443; the controllers (nodes, workloads, the cloud controller manager) go on in the world's
//! time, whenever somebody looks.

mod api;
mod body;
mod bootstrap;
mod cloud;
mod cluster;
mod collect;
mod discovery;
mod image;
mod kind;
mod log;
mod network_files;
mod node;
mod patch;
mod permission;
mod pki;
mod pod;
mod quorum;
mod schedule;
mod selector;
mod service;
mod settle;
mod status;
mod step;
mod target;
mod tls;
mod token;
mod validate;
mod verb;
mod watch;
mod web;
mod workload;

pub(super) use api::serve;
pub(super) use bootstrap::{Start, started};
pub(super) use cloud::complaint as provider_complaint;
pub(super) use cluster::Cluster;
pub(super) use node::{Joined, joined};
pub(super) use pki::{authority, kubeconfig};
pub(super) use quorum::living;
pub(crate) use settle::settle;
pub(super) use token::{forget_token, is_good, keep_token, tokens};
pub(super) use web::answers;
