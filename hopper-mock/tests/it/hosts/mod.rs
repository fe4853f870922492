//! What is inside the machines: reached by SSH as AWS lets it be, with shells that keep state.

mod bake;
mod boot;
mod client;
mod cloud_config;
mod curl;
mod faults;
mod first_boot;
mod internet;
mod join;
mod jq;
mod kubernetes;
mod kubernetes_client;
mod kubernetes_site;
mod kubernetes_watch;
mod metadata;
mod reach;
mod registry;
mod scripts;
mod site;
mod three;
mod year_2018;
