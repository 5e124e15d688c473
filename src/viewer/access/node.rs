//! What is shown, as plain data for whoever cannot see the picture: a page mirrors it as HTML. No type of egui or
//! AccessKit, so that it can leave the viewer.

use serde::{Deserialize, Serialize};

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// All of it.
    Root,
    /// The picture of the city.
    City,
    /// A panel, with a name.
    Region,
    /// A heading of a level.
    Heading,
    /// A text.
    Text,
    /// What belongs together.
    Group,
    /// A list of items.
    List,
    /// An item of a list.
    Item,
    /// A button; pressed or not, open or not, where it has such a state.
    Button,
    /// A link; to an address where it has one.
    Link,
    /// On or off.
    Checkbox,
    /// A number in a range.
    Slider,
    /// A number that is typed.
    Number,
    /// A text that is typed.
    Input,
    /// Something is on its way.
    Progress,
    /// A picture.
    Image,
}

/// A number with its range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Number {
    /// Now.
    pub now: f64,
    /// Least.
    pub min: Option<f64>,
    /// Most.
    pub max: Option<f64>,
    /// Between two values.
    pub step: Option<f64>,
}

/// Something that is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// Names it as long as it is there, whatever comes and goes around it.
    pub key: String,
    /// What it is.
    pub role: Role,
    /// Its name, or its text; empty where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What is said of it besides its name, or its value as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The panel's own word for it, the same in all languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// Level of a heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<usize>,
    /// Value and range of a slider, or how far something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// Whether it is switched on, where it can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// Whether it shows what it can show, where it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
    /// Whether it cannot be used now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// The address that a link leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Left, top, width and height in points of the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<[i32; 4]>,
    /// What is in it, in the order in which it is read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<String>,
}

impl Node {
    /// Something of a kind that says nothing yet.
    pub fn new(key: impl Into<String>, role: Role) -> Self {
        Self {
            key: key.into(),
            role,
            name: String::new(),
            value: None,
            word: None,
            level: None,
            number: None,
            on: None,
            open: None,
            disabled: false,
            url: None,
            place: None,
            children: Vec::new(),
        }
    }
}

/// What has changed since the change before.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Change {
    /// What is new or different.
    pub nodes: Vec<Node>,
    /// Keys of what is not there any more.
    pub gone: Vec<String>,
    /// Key of what whoever uses the keyboard should come to now.
    pub go: Option<String>,
    /// What is to be announced.
    pub say: Vec<String>,
}

impl Change {
    /// Whether there is anything to tell.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.gone.is_empty() && self.go.is_none() && self.say.is_empty()
    }
}

/// What somebody does with something that is shown.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Act {
    /// With what.
    pub key: String,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "deed", rename_all = "lowercase")]
pub enum Deed {
    /// Gives it the keyboard.
    Focus,
    /// Presses it.
    Click,
    /// Sets a slider's or a number's value.
    Set {
        /// The new one.
        number: f64,
    },
    /// Types a text in place of the one that is there.
    Write {
        /// The new one.
        text: String,
    },
    /// Goes back by one step: closes the card or the panel that it belongs to.
    Escape,
    /// The system asks for another comfort now. `key` means nothing.
    Comfort {
        /// No flights.
        still: bool,
        /// Stronger contrast.
        contrast: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_read_as_a_page_writes_them() {
        let read = |text: &str| serde_json::from_str::<Act>(text).ok();
        let act = |deed| Some(Act { key: "a".into(), deed });
        assert_eq!(read(r#"{"key":"a","deed":"focus"}"#), act(Deed::Focus));
        assert_eq!(read(r#"{"key":"a","deed":"set","number":2.5}"#), act(Deed::Set { number: 2.5 }));
        assert_eq!(read(r#"{"key":"a","deed":"write","text":"Tal"}"#), act(Deed::Write { text: "Tal".into() }));
        let comfort = Deed::Comfort { still: true, contrast: false };
        assert_eq!(read(r#"{"key":"a","deed":"comfort","still":true,"contrast":false}"#), act(comfort));
        assert_eq!(read(r#"{"key":"a","deed":"jump"}"#), None);
    }

    #[test]
    fn what_a_node_does_not_have_is_not_written() {
        let mut node = Node::new("a", Role::Button);
        node.name = "Places".into();
        let written = serde_json::to_string(&node).expect("plain data");
        assert_eq!(written, r#"{"key":"a","role":"button","name":"Places"}"#);
    }
}
