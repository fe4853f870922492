//! Steps and recipes on the simulated AWS.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod auto_scaling_group;
mod blockers;
mod calls;
mod change;
mod change_chapter;
mod change_rules;
mod change_tags;
mod chapter;
mod chapter_down;
mod crash;
mod drift;
mod drift_world;
mod foreign_table;
mod ground;
mod iam;
mod iam_attachments;
mod image;
mod in_the_way;
mod inside;
mod instance;
mod inventory;
mod key_pair;
mod kubernetes;
mod launch_configuration;
mod launch_template;
mod lookups;
mod nat_gateway;
mod network;
mod preflight;
mod preflight_change;
mod private_instance;
mod recipe_cluster;
mod s3_journal;
mod secrets;
mod secure_parameter;
mod security_groups;
mod stays;
mod stopped_instance;
mod storm;
mod strays;
mod sweep;
mod twenty;
mod visibility;
mod vpc;
