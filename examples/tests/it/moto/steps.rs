//! Steps on moto that its chapter has no use for: a secret, a route table of somebody else's, and a
//! network load balancer.

use super::server::Moto;
use crate::python;
use aws_sdk_ec2::types::Route as Seen;
use hopper_aws::{
    Aws, Cidr, Tags,
    ec2::{Route, RouteTableAssociation, RouteTarget},
    elbv2::{Listener, NetworkLoadBalancer, TargetGroup},
    registry,
    ssm::SecureParameter,
};
use hopper_core::{Engine, Input, MemoryJournal, Outcome, Report, SealingKey, Secret, Workflow};
use hopper_mock::Mock;
use tokio::runtime::Runtime;

const NAME: &str = "/hopper/lab/join";

/// What somebody else has made.
struct Theirs {
    aws: Aws,
    table: String,
    subnet: String,
    gateway: String,
}

impl Theirs {
    async fn make(aws: Aws) -> Self {
        let ec2 = aws.ec2();
        let vpc = ec2.create_vpc().cidr_block("10.9.0.0/16").send().await.unwrap();
        let vpc = vpc.vpc.unwrap().vpc_id.unwrap();
        let table = ec2.create_route_table().vpc_id(&vpc).send().await.unwrap();
        let subnet = ec2.create_subnet().vpc_id(&vpc).cidr_block("10.9.0.0/20");
        let subnet = subnet.send().await.unwrap().subnet.unwrap().subnet_id.unwrap();
        let gateway = ec2.create_internet_gateway().send().await.unwrap();
        let gateway = gateway.internet_gateway.unwrap().internet_gateway_id.unwrap();
        let attach = ec2.attach_internet_gateway().vpc_id(vpc).internet_gateway_id(&gateway);
        attach.send().await.unwrap();
        let table = table.route_table.unwrap().route_table_id.unwrap();
        Self { aws, table, subnet, gateway }
    }

    fn recipe(&self, value: &str) -> Workflow {
        let w = Workflow::new("lab");
        w.step("join").does(SecureParameter {
            name: NAME.to_owned(),
            value: Secret::new(value.to_owned()).into(),
            description: "how workers join".to_owned(),
            tags: Tags::named("lab"),
        });
        w.step("association").does(RouteTableAssociation {
            route_table: (&*self.table).into(),
            subnet: (&*self.subnet).into(),
        });
        w.step("route").does(Route {
            route_table: (&*self.table).into(),
            destination: Cidr::ANYWHERE.into(),
            target: RouteTarget::InternetGateway((&*self.gateway).into()),
        });
        w
    }

    fn engine(&self, journal: &MemoryJournal) -> Engine {
        // Without a key nobody could tell that a secret has changed.
        let engine = Engine::new(journal.clone()).seal(SealingKey::new([7; 32]));
        engine.env(self.aws.clone()).registry(registry())
    }

    async fn up(&self, journal: &MemoryJournal, value: &str) -> Report {
        self.engine(journal).run(&self.recipe(value).plan().unwrap()).await.unwrap()
    }

    /// The value of the parameter, and how many ways out and subnets the table has.
    async fn now(&self) -> (Option<String>, usize, usize) {
        let value = self.aws.ssm().get_parameter().name(NAME).with_decryption(true).send().await;
        let value = value.ok().and_then(|reply| reply.parameter?.value);
        let tables = self.aws.ec2().describe_route_tables().route_table_ids(&self.table);
        let tables = tables.send().await.unwrap().route_tables.unwrap();
        let is_out = |route: &&Seen| route.gateway_id() == Some(&self.gateway);
        let out = tables[0].routes().iter().filter(is_out).count();
        (value, out, tables[0].associations().len())
    }
}

fn aws(moto: &Moto) -> Aws {
    let http = aws_smithy_http_client::Builder::new().build_http();
    // Its region and credentials do for moto, which looks at neither.
    let config = Mock::builder().build().sdk_config().to_builder().http_client(http);
    Aws::new(&config.endpoint_url(&moto.url).build())
}

#[test]
fn a_secret_and_a_table_of_somebody_elses() {
    let Some(bin) = python::bin() else { return };
    let moto = Moto::start(bin);
    let aws = aws(&moto);
    Runtime::new().unwrap().block_on(async {
        let theirs = Theirs::make(aws).await;
        let before = theirs.now().await;
        assert_eq!(before, (None, 0, 0));

        let journal = MemoryJournal::default();
        let report = theirs.up(&journal, "the first secret").await;
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        assert_eq!(theirs.now().await, (Some("the first secret".to_owned()), 1, 1));
        let report = theirs.up(&journal, "the second secret").await;
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        assert_eq!(theirs.now().await, (Some("the second secret".to_owned()), 1, 1));
        assert_eq!(theirs.engine(&journal).check().await.unwrap(), []);
        let report = theirs.engine(&journal).undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        assert_eq!(theirs.now().await, before);

        // The same, made by somebody else before.
        let put = theirs.aws.ssm().put_parameter().name(NAME).value("theirs");
        put.r#type("String".into()).send().await.unwrap();
        let associate = theirs.aws.ec2().associate_route_table().route_table_id(&theirs.table);
        associate.subnet_id(&theirs.subnet).send().await.unwrap();
        let route = theirs.aws.ec2().create_route().route_table_id(&theirs.table);
        let route = route.destination_cidr_block("0.0.0.0/0").gateway_id(&theirs.gateway);
        route.send().await.unwrap();
        let before = theirs.now().await;
        assert_eq!(before, (Some("theirs".to_owned()), 1, 1));
        let journal = MemoryJournal::default();
        let report = theirs.up(&journal, "ours").await;
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        for (step, error) in &report.errors {
            assert!(error.to_string().contains("not made by hopper"), "{step}: {error}");
        }
        assert_eq!(theirs.now().await, before);
    });
}

/// A load balancer with its listener and target group, in their network.
fn balanced(vpc: &str, subnet: &str, targets: &[&str], team: &str) -> Workflow {
    let w = Workflow::new("balanced");
    let tags = Tags::named("api").with("team", team);
    let balancer = w.step("balancer").does(NetworkLoadBalancer {
        name: "api".to_owned(),
        subnets: vec![subnet.into()],
        security_groups: Vec::new(),
        tags: tags.clone(),
    });
    let group = w.step("targets").does(TargetGroup {
        name: "api".to_owned(),
        vpc: vpc.into(),
        port: 6443,
        health_check_path: "/readyz".to_owned(),
        targets: targets.iter().map(|id| Input::from(*id)).collect(),
        tags: tags.clone(),
    });
    w.step("listener").does(Listener {
        load_balancer: balancer.arn(),
        port: 6443,
        target_group: group.arn(),
        tags,
    });
    w
}

#[test]
fn a_network_load_balancer() {
    let Some(bin) = python::bin() else { return };
    let moto = Moto::start(bin);
    let aws = aws(&moto);
    Runtime::new().unwrap().block_on(async {
        let theirs = Theirs::make(aws).await;
        let images = theirs.aws.ec2().describe_images().send().await.unwrap();
        let image = images.images()[0].image_id().unwrap();
        let launched = theirs.aws.ec2().run_instances().image_id(image).min_count(2).max_count(2);
        let launched = launched.subnet_id(&theirs.subnet).send().await.unwrap();
        let vpc = launched.instances()[0].vpc_id().unwrap().to_owned();
        let ids: Vec<_> =
            launched.instances().iter().map(|one| one.instance_id().unwrap().to_owned()).collect();
        let [one, other] = [&*ids[0], &*ids[1]];
        let before = moto.inventory();
        let journal = MemoryJournal::default();
        for (targets, team) in [(&[one, other][..], "one"), (&[one][..], "two")] {
            let plan = balanced(&vpc, &theirs.subnet, targets, team).plan().unwrap();
            let report = theirs.engine(&journal).run(&plan).await.unwrap();
            assert_eq!(report.outcome, Outcome::Done, "{report}");
            assert_eq!(theirs.engine(&journal).check().await.unwrap(), []);
        }
        assert_ne!(moto.inventory(), before);
        let report = theirs.engine(&journal).undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        assert_eq!(moto.inventory(), before);
    });
}
