//! The inside of a cluster: node images, kubeadm, join data, add-ons and what runs there, reached
//! over SSH.
