//! What is inside the machines: reached by SSH as AWS lets it be, with shells that keep state.

mod bake;
mod boot;
mod client;
mod faults;
mod first_boot;
mod internet;
mod join;
mod reach;
mod scripts;
mod site;
