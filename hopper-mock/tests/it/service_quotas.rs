//! Rules of Service Quotas, and what an organization denies.

use hopper_mock::{Mock, Quotas, Switches};

use crate::support::{accepted, mock, refused};

const VPCS: [(&str, &str); 2] = [("ServiceCode", "vpc"), ("QuotaCode", "L-F678F1CE")];

// [D] An applied quota is the account's, a default one AWS's.
#[test]
fn the_quotas_are_those_that_count() {
    let quotas = Quotas { vpcs: 9, ..Quotas::default() };
    let mock = Mock::builder().quotas(quotas).build();
    let reply = accepted(&mock, "servicequotas:GetServiceQuota", &VPCS);
    assert_eq!(reply.text("Quota/Value"), Some("9.0"));
    assert_eq!(reply.text("Quota/QuotaName"), Some("VPCs per Region"));
    let reply = accepted(&mock, "servicequotas:GetAWSDefaultServiceQuota", &VPCS);
    assert_eq!(reply.text("Quota/Value"), Some("5.0"));
    assert!(mock.world().leftovers().is_empty());
}

// [D] NoSuchResourceException: "The specified resource does not exist."
#[test]
fn what_is_not_known_is_refused() {
    let mock = mock();
    for params in [
        [("ServiceCode", "vpc"), ("QuotaCode", "L-0")],
        [("ServiceCode", "braket"), ("QuotaCode", "L-F678F1CE")],
    ] {
        for operation in ["GetServiceQuota", "GetAWSDefaultServiceQuota"] {
            let operation = format!("servicequotas:{operation}");
            refused(&mock, &operation, &params, "NoSuchResourceException/400");
        }
    }
    let operation = "servicequotas:ListServiceQuotas";
    refused(&mock, operation, &[("ServiceCode", "braket")], "NoSuchResourceException/400");
    refused(&mock, operation, &[], "IllegalArgumentException/400");
    refused(&mock, "servicequotas:ListServices", &[], "UnknownOperationException/400");
}

// [D] NextToken leads to the next page.
#[test]
fn quotas_are_listed_in_pages() {
    let mock = mock();
    let (mut codes, mut token) = (Vec::new(), String::new());
    loop {
        let params = [("ServiceCode", "vpc"), ("MaxResults", "3"), ("NextToken", &token)];
        let n_params = if token.is_empty() { 2 } else { 3 };
        let reply = accepted(&mock, "servicequotas:ListServiceQuotas", &params[..n_params]);
        let at = |i: usize| reply.text(&format!("Quotas/{i}/QuotaCode")).map(str::to_owned);
        codes.extend((0..3).map_while(at));
        match reply.text("NextToken") {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(codes, ["L-A4707A72", "L-E79EC296", "L-F678F1CE", "L-FE5A380F"]);
}

// [D] A service control policy is the limit of what anybody in the account may do, and the
// simulation takes it into account.
#[test]
fn what_the_organization_denies_is_refused_and_simulated_so() {
    let denied_actions = vec!["ec2:CreateNat*".to_owned(), "servicequotas:*".to_owned()];
    let mock = Mock::builder().switches(Switches { denied_actions, ..Switches::default() }).build();
    let dry = [("SubnetId", "subnet-0"), ("DryRun", "true")];
    refused(&mock, "CreateNatGateway", &dry, "UnauthorizedOperation/403");
    refused(&mock, "servicequotas:GetServiceQuota", &VPCS, "AccessDeniedException/400");
    let dry = [("CidrBlock", "10.0.0.0/16"), ("DryRun", "true")];
    refused(&mock, "CreateVpc", &dry, "DryRunOperation/412");
    let who = accepted(&mock, "sts:GetCallerIdentity", &[]);
    let params = [
        ("PolicySourceArn", who.text("Arn").unwrap()),
        ("ActionNames.member.1", "ec2:CreateNatGateway"),
        ("ActionNames.member.2", "ec2:CreateVpc"),
    ];
    let reply = accepted(&mock, "iam:SimulatePrincipalPolicy", &params);
    let at = |path: &str| reply.text(&format!("EvaluationResults/{path}"));
    assert_eq!(at("0/EvalDecision"), Some("explicitDeny"));
    assert_eq!(at("0/OrganizationsDecisionDetail/AllowedByOrganizations"), Some("false"));
    assert_eq!(at("1/EvalDecision"), Some("allowed"));
}
