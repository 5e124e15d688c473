//! egui's AccessKit tree of a frame → the nodes of `node`: containers that say nothing are left out, names are looked
//! up, and each node gets a key that stays while things come and go around it.
//!
//! egui counts what it draws, so that its own ids change with everything that is drawn before. A key here is made of the
//! parent's key, the role, the name, and the number among siblings of the same role and name.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use bevy_egui::egui::accesskit::{self, NodeId, Toggled, TreeUpdate};

use super::node::{Node, Number, Role};

/// What is shown in a frame.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The nodes by key, the root among them.
    pub nodes: BTreeMap<String, Node>,
    /// What egui calls those that are its own.
    pub targets: BTreeMap<String, NodeId>,
}

/// Key of the root.
pub const ROOT: &str = "root";

/// The panels in the order in which they are read, by their words; others come before the last one.
const ORDER: [&str; 6] = ["title", "walk", "selection", "message", "compass", "status"];

impl Tree {
    /// The tree of a frame.
    pub fn of(update: &TreeUpdate) -> Self {
        let given: HashMap<NodeId, &accesskit::Node> = update.nodes.iter().map(|(id, node)| (*id, node)).collect();
        let mut tree = Self::default();
        let mut root = Node::new(ROOT, Role::Root);
        if let Some(tree_root) = update.tree.as_ref().map(|tree| tree.root) {
            root.children = Reader { given: &given, tree: &mut tree }.below(ROOT, tree_root);
        }
        root.children.sort_by_key(|key| rank(tree.nodes[key].word.as_deref()));
        tree.nodes.insert(ROOT.to_owned(), root);
        tree
    }

    /// The panel that a node stands in, by its word.
    pub fn panel_of(&self, key: &str) -> Option<&str> {
        let mut node = self.nodes.get(key)?;
        while node.role != Role::Region {
            node = self.nodes.values().find(|parent| parent.children.contains(&node.key))?;
        }
        node.word.as_deref()
    }

    /// The first heading of a panel.
    pub fn heading_of(&self, panel: &str) -> Option<&str> {
        let region = self.nodes.values().find(|node| node.word.as_deref() == Some(panel))?;
        self.heading_below(region)
    }

    fn heading_below(&self, node: &Node) -> Option<&str> {
        node.children.iter().find_map(|key| {
            let child = self.nodes.get(key)?;
            if child.role == Role::Heading { Some(child.key.as_str()) } else { self.heading_below(child) }
        })
    }
}

fn rank(word: Option<&str>) -> usize {
    let last = ORDER.len() - 1;
    word.and_then(|word| ORDER.iter().position(|known| *known == word)).map_or(last * 2 - 1, |at| at * 2)
}

struct Reader<'a> {
    given: &'a HashMap<NodeId, &'a accesskit::Node>,
    tree: &'a mut Tree,
}

impl Reader<'_> {
    /// Reads what is below a node and gives its keys, in order.
    fn below(&mut self, parent_key: &str, parent: NodeId) -> Vec<String> {
        let mut found = Vec::new();
        self.collect(parent, &mut found);
        let mut seen: HashMap<(Role, String), u32> = HashMap::new();
        let mut keys: Vec<String> = Vec::new();
        for (id, role) in found {
            let node = self.given[&id];
            let name = self.name(node);
            // The number beside a slider is the slider's own.
            let before = keys.last().and_then(|key| self.tree.nodes.get(key));
            if role == Role::Number && before.is_some_and(|before| before.role == Role::Slider) {
                continue;
            }
            // A text may change; it is known by its place.
            let known_by = if role == Role::Text { String::new() } else { name.clone() };
            let count = seen.entry((role, known_by.clone())).or_default();
            let key = key(parent_key, role, &known_by, *count);
            *count += 1;
            let mut read = self.read(key.clone(), role, name, node);
            read.children = self.below(&key, id);
            self.tree.targets.insert(key.clone(), id);
            self.tree.nodes.insert(key.clone(), read);
            keys.push(key);
        }
        keys
    }

    /// The nearest nodes below one that say something.
    fn collect(&self, parent: NodeId, found: &mut Vec<(NodeId, Role)>) {
        for child in self.given.get(&parent).map(|node| node.children()).unwrap_or_default() {
            let Some(node) = self.given.get(child) else { continue };
            match role(node) {
                Some(role) if !self.is_empty(role, node) => found.push((*child, role)),
                _ if node.role() == accesskit::Role::TextRun => {}
                _ => self.collect(*child, found),
            }
        }
    }

    /// Whether a node of that role has nothing to say.
    fn is_empty(&self, role: Role, node: &accesskit::Node) -> bool {
        matches!(role, Role::Text | Role::Heading) && self.name(node).trim().is_empty()
    }

    /// Its own name, else the text of what labels it, else its own text.
    fn name(&self, node: &accesskit::Node) -> String {
        let labels = node.labelled_by().iter().filter_map(|id| self.given.get(id)).filter_map(|by| said(by));
        let labels = labels.collect::<Vec<_>>().join(" ");
        let own = node.label().filter(|label| !label.is_empty()).map(str::to_owned);
        let is_text = matches!(role(node), Some(Role::Text | Role::Heading));
        let text = || if is_text { node.value().map(str::to_owned) } else { None };
        match own {
            Some(own) if !labels.is_empty() => format!("{labels}: {own}"),
            Some(own) => own,
            None if labels.is_empty() => text().unwrap_or_default(),
            None => labels,
        }
    }

    fn read(&self, key: String, role: Role, name: String, node: &accesskit::Node) -> Node {
        let number = node.numeric_value().map(|now| Number {
            now,
            min: node.min_numeric_value(),
            max: node.max_numeric_value(),
            step: node.numeric_value_step(),
        });
        let is_text = matches!(role, Role::Text | Role::Heading);
        Node {
            name,
            value: node.value().filter(|value| !is_text && !value.is_empty()).map(str::to_owned),
            word: node.author_id().map(str::to_owned),
            level: (role == Role::Heading).then(|| node.level().unwrap_or(2)),
            number,
            on: node.toggled().map(|toggled| toggled == Toggled::True),
            open: node.is_expanded(),
            disabled: node.is_disabled(),
            url: node.url().map(str::to_owned),
            place: node.bounds().map(|at| {
                let (x, y) = (at.x0.round() as i32, at.y0.round() as i32);
                [x, y, at.x1.round() as i32 - x, at.y1.round() as i32 - y]
            }),
            ..Node::new(key, role)
        }
    }
}

fn said(node: &accesskit::Node) -> Option<&str> {
    node.label().or(node.value())
}

fn key(parent: &str, role: Role, name: &str, count: u32) -> String {
    let mut hasher = DefaultHasher::new();
    (parent, role, name, count).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What a node is to whoever reads; `None` if it only holds others.
fn role(node: &accesskit::Node) -> Option<Role> {
    use accesskit::Role as Given;
    Some(match node.role() {
        Given::Region | Given::Dialog => Role::Region,
        Given::Heading => Role::Heading,
        Given::Label | Given::Paragraph => Role::Text,
        Given::Group if node.label().is_some() => Role::Group,
        Given::List => Role::List,
        Given::ListItem => Role::Item,
        Given::Button | Given::RadioButton | Given::DefaultButton => Role::Button,
        Given::Link => Role::Link,
        Given::CheckBox | Given::Switch => Role::Checkbox,
        Given::Slider => Role::Slider,
        Given::SpinButton | Given::NumberInput => Role::Number,
        Given::TextInput | Given::SearchInput | Given::MultilineTextInput => Role::Input,
        Given::ProgressIndicator => Role::Progress,
        Given::Image if node.label().is_some() => Role::Image,
        _ => return None,
    })
}
