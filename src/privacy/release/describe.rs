//! What a release says of itself: which attributes it has, and what is kept back. From the policy alone, so that no
//! count and no order tells what the data holds.

use super::is_told;
use crate::privacy::policy::{Attribute, Audience, Class, Decision, Policy, Rule, Word};
use crate::twin::{AttributeInfo, Text, WithheldInfo};

/// The released attributes with their indices in the policy.
pub(super) fn attributes(
    policy: &Policy,
    audience: Audience,
    purpose: Option<&str>,
) -> (Vec<usize>, Vec<AttributeInfo>) {
    let shown = policy.attributes().iter().enumerate().filter_map(|(index, attribute)| {
        match policy.decide(attribute, audience, purpose) {
            Decision::Release(rule) => Some((index, attribute_info(attribute, rule)?)),
            Decision::Withhold(_) => None,
        }
    });
    shown.unzip()
}

fn attribute_info(attribute: &Attribute, rule: &Rule) -> Option<AttributeInfo> {
    let of_rule = |text: &Option<Text>, fallback: &Text| text.clone().unwrap_or_else(|| fallback.clone());
    Some(AttributeInfo {
        name: attribute.name.clone(),
        label: attribute.label.clone(),
        kind: attribute.released_kind(&rule.operation)?,
        class: attribute.class.word().to_owned(),
        legal_basis: of_rule(&rule.legal_basis, &attribute.legal_basis),
        why: of_rule(&rule.why, &attribute.why),
        operation: attribute.operation_text(&rule.operation),
    })
}

/// What is kept back: one line for each group (or attribute without one) and class, in the order of the policy, and one
/// for sensitive places.
pub(super) fn withheld(policy: &Policy, audience: Audience, purpose: Option<&str>) -> Vec<WithheldInfo> {
    let mut seen = Vec::new();
    let mut lines = Vec::new();
    let mut hides_places = false;
    for attribute in policy.attributes() {
        match policy.decide(attribute, audience, purpose) {
            Decision::Release(_) => hides_places |= attribute.hidden_at_sensitive_places,
            Decision::Withhold(withholding) if is_told(withholding) => {
                let key = (attribute.group.as_deref().unwrap_or(&attribute.name), attribute.class);
                if !seen.contains(&key) {
                    seen.push(key);
                    lines.push(withheld_info(policy, attribute, audience));
                }
            }
            Decision::Withhold(_) => {}
        }
    }
    lines.extend(policy.sensitive_places().filter(|_| hides_places).map(|notice| WithheldInfo {
        label: notice.label.clone(),
        class: Class::Restricted.word().to_owned(),
        reason: notice.why.clone(),
        legal_basis: notice.legal_basis.clone(),
    }));
    lines
}

fn withheld_info(policy: &Policy, attribute: &Attribute, audience: Audience) -> WithheldInfo {
    let class = attribute.class.word().to_owned();
    if let Some(group) = attribute.group.as_ref().and_then(|group| policy.group(group)) {
        let (label, legal_basis) = (group.label.clone(), group.legal_basis.clone());
        return WithheldInfo { label, class, reason: group.why.clone(), legal_basis };
    }
    let rule = attribute.rule(audience);
    let legal_basis = rule.and_then(|rule| rule.legal_basis.clone()).unwrap_or_else(|| attribute.legal_basis.clone());
    let reason = rule.and_then(|rule| rule.why.clone()).unwrap_or_else(|| attribute.why.clone());
    WithheldInfo { label: attribute.label.clone(), class, reason, legal_basis }
}
