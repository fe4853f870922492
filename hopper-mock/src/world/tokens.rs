//! [`Tokens`]: the client tokens that make a repeated create give the first result.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::World;
use crate::wire::{AwsError, Request};

/// What each operation made for each token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tokens(BTreeMap<String, Made>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    params: Vec<(String, String)>,
    id: String,
}

impl World {
    /// Makes a thing once for each token: the same request again gives the id of the first.
    ///
    /// Only a success is remembered, so a refused call may be repeated with its token.
    /// `request` is without its token.
    ///
    /// # Errors
    /// `IdempotentParameterMismatch` for the same token with other parameters, or what `make`
    /// refuses.
    pub(crate) fn once(
        &mut self,
        request: &Request,
        token: Option<&str>,
        make: impl FnOnce(&mut World) -> Result<String, AwsError>,
    ) -> Result<String, AwsError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else { return make(self) };
        let key = format!("{} {token}", request.operation);
        let params = request.params.pairs();
        if let Some(made) = self.machinery.tokens.0.get(&key) {
            return if made.params == params {
                Ok(made.id.clone())
            } else {
                Err(AwsError::new(
                    "IdempotentParameterMismatch",
                    format!(
                        "The client token {token} was used before by a request with other \
                         parameters"
                    ),
                ))
            };
        }
        let id = make(self)?;
        self.machinery.tokens.0.insert(key, Made { params, id: id.clone() });
        Ok(id)
    }
}
