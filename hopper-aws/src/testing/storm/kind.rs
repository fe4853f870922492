//! [`FaultKind`]: what can go wrong.

use std::fmt;

/// Declares the kinds with their labels.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident: $label:literal,)+) => {
        /// What can go wrong in a storm.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum FaultKind {
            $($(#[$doc])+ $name,)+
        }

        impl FaultKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)+
                }
            }
        }
    };
}

kinds! {
    /// A call is refused as made too often.
    Throttled: "throttled",
    /// A call is answered with status 503, and nothing was done.
    ServerError: "server error",
    /// The connection breaks before a call has had an effect.
    Reset: "reset before the effect",
    /// The connection breaks after a call has had its effect.
    LostReply: "reset after the effect",
    /// No answer ever comes.
    Hang: "hang",
    /// The answer comes 40 s late.
    Slow: "slow answer",
    /// What was made is not seen everywhere at once.
    LateVisibility: "late visibility",
    /// EC2 has no capacity, for a launch or for the launch of a group.
    NoCapacity: "no capacity",
    /// A NAT gateway ends in `failed`.
    FailedNatGateway: "failed NAT gateway",
    /// An image ends in `failed`.
    FailedImage: "failed image",
    /// An instance is terminated by AWS as it starts.
    DyingInstance: "instance that dies",
    /// An instance that ran is terminated by somebody else.
    KilledInstance: "instance killed",
    /// A quota is used up.
    Quota: "quota reached",
    /// A call that makes something is not permitted.
    Refused: "not permitted",
    /// A network interface that somebody else made stays in a subnet for some minutes.
    LingeringInterface: "lingering interface",
    /// Whatever is taken away takes several times as long.
    SlowUndo: "slow undo",
    /// A call that takes something away is not permitted, until that is mended.
    RefusedUndo: "undo not permitted",
    /// The process dies, and another one goes on, or undoes.
    Crash: "process died",
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}
