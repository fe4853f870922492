//! hopper-aws.
