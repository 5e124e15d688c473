//! Keys and buttons lead from house to house, and the window rests where one stands.

use crate::open;
use crate::program::Program;

#[test]
fn keys_lead_from_house_to_house() {
    let Some(mut session) = open(&[]) else { return };
    let program = &mut session.program;
    assert!(program.state["walked"].is_null());
    program.key("Return");
    let first = stands_at(program);
    program.look("walk");
    assert!(program.widget("Next house to the left").is_some(), "the strip of walking is there");
    program.key("Right");
    let second = stands_at(program);
    assert_ne!(first, second);
    program.press("Next house to the left");
    assert_ne!(stands_at(program), second);
    program.key("Return");
    program.rest();
    assert_eq!(program.state["selected"]["building"], program.state["walked"]);
    // One step back closes the panel, the next ends walking; then arrows fly again.
    program.key("Escape");
    program.rest();
    assert!(program.state["selected"].is_null() && !program.state["walked"].is_null());
    program.key("Escape");
    program.rest();
    assert!(program.state["walked"].is_null());
}

/// The house that one stands at, once everything has come to rest.
fn stands_at(program: &mut Program) -> String {
    program.wait_for("somebody stands at a house", |state| state["walked"].is_string());
    program.rest();
    program.state["walked"].as_str().expect("a house").to_owned()
}
