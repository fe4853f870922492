//! A small cloud: ids of their own type, a step for each thing, a look-up, a secret.
//!
//! The tests of what must not compile include this file too.

#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test uses a part of it")]

use hopper_core::{outputs, prelude::*};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

macro_rules! ids { ($($id:ident),*) => { $(
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct $id(pub String);
    impl Value for $id {}
    impl From<&str> for $id {
        fn from(id: &str) -> Self {
            Self(id.to_owned())
        }
    }
    impl fmt::Display for $id {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.0)
        }
    }
)* } }
ids!(VpcId, SubnetId, GatewayId, InstanceId, ImageId);

outputs! {
    pub struct VpcOut -> VpcRefs {
        id: VpcId,
        cidrs: Vec<String>,
    }
}

outputs! {
    pub struct GatewayOut -> GatewayRefs {
        id: GatewayId,
    }
}

outputs! {
    pub struct InstanceOut -> InstanceRefs {
        id: InstanceId,
        address: String,
        ports: Vec<u16>,
        password: Secret<String>,
    }
}

#[derive(Serialize, Deserialize)]
pub struct Vpc {
    pub cidr: Input<String>,
}

#[derive(Serialize, Deserialize)]
pub struct Gateway {
    pub vpc: Input<VpcId>,
}

#[derive(Serialize, Deserialize)]
pub struct Subnet {
    pub vpc: Input<VpcId>,
    pub cidr: Input<String>,
}

#[derive(Serialize, Deserialize)]
pub struct Route {
    pub subnet: Input<SubnetId>,
    pub gateway: Input<GatewayId>,
}

#[derive(Serialize, Deserialize)]
pub struct Image {
    pub name: String,
}

#[derive(Serialize, Deserialize)]
pub struct Instance {
    pub image: Input<ImageId>,
    pub subnet: Input<SubnetId>,
    pub user_data: Input<String>,
    pub password: Input<Secret<String>>,
    pub tags: BTreeMap<String, Input<String>>,
}

macro_rules! steps { ($($step:ident, $kind:literal, $output:ty, $run:expr;)*) => { $(
    impl Step for $step {
        const KIND: &'static str = $kind;
        const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
        type Env = ();
        type Output = $output;
        async fn run(&self, _: &(), cx: &Cx) -> Result<$output, StepError> {
            let run: fn(&Self, &Cx) -> Result<$output, StepError> = $run;
            run(self, cx)
        }
        async fn find(&self, _: &(), _: &Cx) -> Result<Found<$output>, StepError> {
            Ok(Found::Absent)
        }
        async fn undo(&self, _: &(), _: &Cx, _: Made<'_, $output>) -> Result<(), StepError> {
            Ok(())
        }
    }
)* } }
steps! {
    Vpc, "cloud.vpc", VpcOut, |vpc, cx| Ok(VpcOut {
        id: format!("vpc in {}", cx.get(&vpc.cidr)).as_str().into(),
        cidrs: vec![cx.get(&vpc.cidr).clone()],
    });
    Gateway, "cloud.gateway", GatewayOut, |gateway, cx| Ok(GatewayOut {
        id: format!("gateway of {}", cx.get(&gateway.vpc)).as_str().into(),
    });
    Subnet, "cloud.subnet", SubnetId, |subnet, cx| {
        Ok(format!("{} of {}", cx.get(&subnet.cidr), cx.get(&subnet.vpc)).as_str().into())
    };
    Route, "cloud.route", (), |_, _| Ok(());
    Instance, "cloud.instance", InstanceOut, |instance, cx| Ok(InstanceOut {
        id: "i-1".into(),
        address: "10.0.1.4".to_owned(),
        ports: vec![22, 443],
        password: cx.get(&instance.password).clone(),
    });
}

impl Lookup for Image {
    const KIND: &'static str = "cloud.image";
    type Env = ();
    type Output = ImageId;
    async fn look_up(&self, _: &(), _: &Cx) -> Result<ImageId, StepError> {
        Ok(self.name.as_str().into())
    }
}
