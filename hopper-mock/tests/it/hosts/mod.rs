//! What is inside the machines: reached by SSH as AWS lets it be, with shells that keep state.

mod boot;
mod client;
mod faults;
mod reach;
mod scripts;
mod site;
