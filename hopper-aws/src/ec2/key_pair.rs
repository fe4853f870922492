//! [`KeyPair`]: the public key that opens instances.

use crate::{
    Aws, KeyPairId, PublicKey, Tags,
    blockers::Blocked,
    call::{act, read},
    claim::{is_own, maker},
    comparison::Comparison,
    error::incomplete,
    made::{self, Sought, patiently, sought},
    mark::{self, filter},
    needs::{Draft, Holder, Needed, Needs, ask},
    poll::visible,
    removal::{Removal, remove},
    resource::{Resource, get},
    retag::retag,
};
use aws_sdk_ec2::{
    primitives::Blob,
    types::{Filter, KeyPairInfo, ResourceType, Tag},
};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Imports a public key under a name of the region.
///
/// The name may be somebody else's: what this step has not made it neither uses nor deletes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyPair {
    /// Its name.
    pub name: String,
    /// The key.
    pub public_key: Input<PublicKey>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A key pair.
    pub struct KeyPairOut -> KeyPairRefs {
        /// Its id.
        id: KeyPairId,
        /// Its name, by which instances take it.
        name: String,
    }
}

impl Needs for KeyPair {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateTags", "ec2:DeleteKeyPair", "ec2:DescribeKeyPairs"]);
        needs.calls(&["ec2:ImportKeyPair"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        needs.name("key pair", &self.name, |aws, name| async move {
            let call = aws.ec2().describe_key_pairs().filters(filter("key-name", name));
            let reply = ask("DescribeKeyPairs", || call.clone().send()).await?;
            Ok(reply.key_pairs().first().map(|pair| Holder::of(pair.tags())))
        });
        if let Some(key) = draft.get(&self.public_key) {
            let (name, key) = (self.name.clone(), Blob::new(key.to_string()));
            needs.tries("ec2:ImportKeyPair", |aws| {
                let call = aws.ec2().import_key_pair().key_name(name);
                call.public_key_material(key).dry_run(true).send()
            });
        }
    }
}

impl Step for KeyPair {
    const KIND: &'static str = "aws.ec2.key_pair";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = KeyPairOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<KeyPairOut, StepError> {
        let id = made::once(aws, cx, || self.import(aws, cx)).await?;
        visible::<KeyPairInfo>(aws, cx, id.as_str()).await?;
        // Whoever uses it calls it by its name.
        aws.fresh().add(&self.name);
        Ok(self.output(id))
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<KeyPairOut>, StepError> {
        Ok(match sought::<KeyPairInfo, _>(aws, cx).await? {
            Sought::One(key) => Found::Present(self.output(key.id().into())),
            Sought::Not(Found::Absent) => {
                let named = KeyPairInfo::describe(aws, cx, self.by_name()).await?;
                named.first().map_or(Found::Absent, |key| Found::Conflict(self.taken(cx, key)))
            }
            Sought::Not(found) => found,
        })
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, KeyPairOut>) -> Result<(), StepError> {
        aws.fresh().remove(&self.name);
        let done = made.done().map(|key| key.id.as_str());
        for id in made::ids::<KeyPairInfo>(aws, cx, done).await? {
            delete(aws, cx, &id).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &KeyPairOut,
    ) -> Result<KeyPairOut, StepError> {
        retag(aws, cx, out.id.as_str(), &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &KeyPairOut) -> Result<Vec<Drift>, StepError> {
        let Some(key) = get::<KeyPairInfo>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        let public_key = material(&key).map(|key| key.fingerprint());
        Ok(Comparison::new()
            .optional("keyName", &self.name, key.key_name())
            .optional("publicKey", cx.get(&self.public_key).fingerprint(), public_key)
            .tags(&mark::with(aws, cx, &self.tags), key.tags())
            .drift())
    }
}

impl KeyPair {
    async fn import(&self, aws: &Aws, cx: &Cx) -> Result<KeyPairId, StepError> {
        let call = aws
            .ec2()
            .import_key_pair()
            .key_name(&self.name)
            .public_key_material(Blob::new(cx.get(&self.public_key).to_string()))
            .tag_specifications(mark::specification(aws, cx, ResourceType::KeyPair, &self.tags));
        match act(aws, cx, "ImportKeyPair", || call.clone().send()).await {
            Ok(reply) => reply.key_pair_id.ok_or_else(|| incomplete("ImportKeyPair", "id")),
            Err(error) if error.code() == Some("InvalidKeyPair.Duplicate") => {
                match patiently::<KeyPairInfo>(aws, cx, self.by_name()).await?.pop() {
                    Some(key) if is_own(cx, key.tags()) => Ok(key.id().to_owned()),
                    Some(key) => Err(error.with_hint(self.taken(cx, &key))),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
        .map(KeyPairId::from)
    }

    fn output(&self, id: KeyPairId) -> KeyPairOut {
        KeyPairOut { id, name: self.name.clone() }
    }

    fn by_name(&self) -> Vec<Filter> {
        vec![filter("key-name", &self.name)]
    }

    /// Whose the name is.
    fn taken(&self, cx: &Cx, by: &KeyPairInfo) -> String {
        let wanted = cx.get(&self.public_key);
        let same = material(by).is_some_and(|key| key.is_same_key(wanted));
        let key = if same { "holds the same key" } else { "holds another key" };
        format!(
            "key pair {} \"{}\" {key} and was {}: delete it, or choose another name",
            by.id(),
            self.name,
            maker(by.tags())
        )
    }
}

/// The public key itself, as AWS keeps it.
fn material(key: &KeyPairInfo) -> Option<PublicKey> {
    key.public_key().and_then(|text| text.parse().ok())
}

/// Deletes a key pair.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let removal = || Removal::new("DeleteKeyPair", id, Blocked::Unknown);
    let call = aws.ec2().delete_key_pair().key_pair_id(id);
    remove(aws, cx, removal(), || call.clone().send()).await?;
    // It answers success whatever it did, and simulators of AWS know it by name only: what still
    // has our id is deleted by the name it has.
    if let Some(key) = get::<KeyPairInfo>(aws, cx, id).await? {
        let call = aws.ec2().delete_key_pair().set_key_name(key.key_name.clone());
        remove(aws, cx, removal(), || call.clone().send()).await?;
    }
    Ok(())
}

impl Resource for KeyPairInfo {
    const ID_FILTER: &'static str = "key-pair-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_key_pairs().include_public_key(true).set_filters(Some(by));
        let reply = read(aws, cx, "DescribeKeyPairs", || call.clone().send()).await?;
        Ok(reply.key_pairs.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.key_pair_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}
