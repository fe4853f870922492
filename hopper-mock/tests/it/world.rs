//! The world as a value: printing, comparing, keeping, editing.

use hopper_mock::{Mock, World};

use crate::support::{accepted, mock, seconds, vpc};

#[test]
fn a_fresh_account_has_no_leftovers() {
    let world = mock().world();
    assert_eq!(world.leftovers(), []);
    assert!(world.ec2.vpcs.is_empty());
}

#[test]
fn leftovers_are_named_without_the_furniture() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let name = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "Name"), ("Tag.1.Value", "net")];
    accepted(&mock, "CreateTags", &name);
    let left: Vec<_> = mock.world().leftovers().iter().map(ToString::to_string).collect();
    assert_eq!(left, [format!("vpc {id} (net)")]);
}

#[test]
fn a_diff_names_what_differs() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let before = mock.world();
    mock.advance(seconds(1));
    mock.edit(|world| {
        let tags = &mut world.ec2.vpcs.get_mut(&id).unwrap().tags;
        tags.insert("owner".to_owned(), "someone".to_owned());
    });
    let diff = mock.world().diff(&before);
    assert_eq!(
        diff.to_string(),
        format!(
            "~ ec2/vpcs/{id}/state \"pending\" -> \"available\"\n\
             + ec2/vpcs/{id}/tags/owner \"someone\"\n"
        )
    );
    assert!(before.diff(&before).is_empty());
    assert!(before.diff(&mock.world()).to_string().contains("- ec2/vpcs/"));
}

#[test]
fn a_world_survives_json_and_goes_on() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let world = mock.world();
    let text = serde_json::to_string(&world).unwrap();
    let back: World = serde_json::from_str(&text).unwrap();
    assert_eq!(back, world);

    let other = Mock::builder().world(back).build();
    assert_eq!(other.now(), mock.now());
    for mock in [&mock, &other] {
        mock.advance(seconds(1));
    }
    assert_eq!(other.world().ec2.vpcs[&id].state, "available");
    assert_eq!(vpc(&other, "10.1.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    assert_eq!(other.world(), mock.world());
}

#[test]
fn an_edited_world_is_what_clients_see() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    mock.edit(|world| world.ec2.vpcs.remove(&id));
    assert_eq!(accepted(&mock, "DescribeVpcs", &[]).count("vpcSet"), 0);
}
