//! One parameter of the directives: read, held against its bounds, and matched with the function that changes it.

use alloy_primitives::U256;

use super::super::parts::{self, words};
use super::{DirectedParameter, whole_number};
use crate::chain::ContractName;
use crate::chain::decode::signature::{Kind, Leaf, Parameter};
use crate::chain::decode::{self, Function};
use crate::json::{Cursor, Fields, Report, shortened};

/// The whole, in basis points.
const WHOLE_BPS: u64 = 10_000;

/// Where a parameter stands among the arguments of the function that changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// The function.
    pub(super) function: &'static Function,
    /// Index of the argument, then of the field in it.
    pub(super) at: Vec<usize>,
    /// Bits that its type has room for.
    pub(super) bits: usize,
}

/// Why a parameter is not changed from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoSlot {
    /// `call` is a function of these contracts, and this parameter is none of its arguments.
    NoSuchArgument,
    /// `call` is no function of these contracts, and no other changes what stands at the path.
    NoSuchFunction,
}

impl DirectedParameter {
    /// What the function calls it: the last step of its path.
    pub fn argument(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }

    /// The domain that it belongs to, by slug or by its position in the manifest; `None` for all others.
    pub fn domain(&self) -> Option<&str> {
        self.path.strip_prefix("domains.")?.split('.').next()
    }

    /// The function that changes it on the chain: the one that `call` names, else the usual one for its path. `None`
    /// where no contract holds it, and the manifest alone is changed.
    pub fn function(&self) -> Option<&'static Function> {
        self.slot().ok().map(|slot| slot.function)
    }

    pub(super) fn slot_found(&self) -> Option<Slot> {
        self.slot().ok()
    }

    fn slot(&self) -> Result<Slot, NoSlot> {
        let named = parts::function(&self.call);
        let is_named = named.is_some();
        let usual = || {
            let name = usual_function(&self.path)?;
            decode::find_named(ContractName::Manager, name)
        };
        let (function, parameters) = named.or_else(usual).ok_or(NoSlot::NoSuchFunction)?;
        match find_uint(&parameters, self.argument()) {
            Some((at, bits)) => Ok(Slot { function, at, bits }),
            None if is_named => Err(NoSlot::NoSuchArgument),
            None => Err(NoSlot::NoSuchFunction),
        }
    }
}

/// The manager's function that changes what stands at a path of the manifest.
fn usual_function(path: &str) -> Option<&'static str> {
    let steps: Vec<&str> = path.split('.').collect();
    match steps.as_slice() {
        ["global", "heartbeatSeconds" | "guardianReviewWindow" | "maxDrawdownBps"] => {
            Some("updateRiskParameters")
        }
        ["domains", _, "tvlLimit" | "autonomyLevelBps" | "heartbeatSeconds"] => {
            Some("configureDomainLimits")
        }
        ["selfImprovement", "plan", "cadenceSeconds"] => Some("setSelfImprovementPlan"),
        _ => None,
    }
}

/// Where a whole number of that name stands among parameters, and its bits.
fn find_uint(parameters: &[Parameter], name: &str) -> Option<(Vec<usize>, usize)> {
    for (index, parameter) in parameters.iter().enumerate() {
        match &parameter.kind {
            Kind::Leaf(Leaf::Uint(bits)) if parameter.name == name => {
                return Some((vec![index], *bits));
            }
            Kind::Tuple(fields) => {
                if let Some((mut at, bits)) = find_uint(fields, name) {
                    at.insert(0, index);
                    return Some((at, bits));
                }
            }
            Kind::Leaf(_) | Kind::Array(_) => {}
        }
    }
    None
}

pub(super) fn read(item: Cursor<'_>, report: &mut Report<'_>) -> Option<DirectedParameter> {
    let mut fields = item.fields(report)?;
    let name = words(&mut fields, "name", "the parameter's name", report);
    let path = fields.required(report, "path").and_then(|cursor| path(cursor, report));
    let description = words(&mut fields, "description", "what the parameter is for", report);
    // A number without a unit has an empty one in some files.
    let unit = fields.optional("unit").map_or(Some(""), |unit| unit.text(report, "a unit"));
    let desired = fields.required(report, "desired").and_then(|it| whole(it, report));
    let min = bound(&mut fields, "min", report);
    let max = bound(&mut fields, "max", report);
    let call = words(&mut fields, "call", "the function that changes it", report);
    let parameter = (|| {
        Some(DirectedParameter {
            name: name?,
            path: path?,
            description: description?,
            unit: unit?.to_owned(),
            desired: desired?,
            min,
            max,
            call: call?,
        })
    })();
    if let Some(parameter) = &parameter {
        check_bounds(parameter, &fields, report);
        check_call(parameter, &fields, report);
    }
    fields.finish(report);
    parameter
}

fn path(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = cursor.text(report, "a path, such as \"global.heartbeatSeconds\"")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_step = |step: &str| !step.is_empty() && step.bytes().all(plain);
    if text.len() <= 200 && text.contains('.') && text.split('.').all(is_step) {
        return Some(text.to_owned());
    }
    let message = format_args!("{:?} is not a path into a manifest", shortened(text));
    let help = format_args!("write its steps with points between, as in global.heartbeatSeconds");
    report.error("malformed", cursor.place(), message, help);
    None
}

fn whole(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<U256> {
    let number = whole_number(cursor.value());
    if number.is_none() {
        let help = "write digits only; in quotes where a number would be too large";
        return cursor.expected(report, "a whole number that is not negative", help);
    }
    number
}

/// A bound that may be left out; one that cannot be read is reported.
fn bound(fields: &mut Fields<'_>, name: &'static str, report: &mut Report<'_>) -> Option<U256> {
    whole(fields.optional(name)?, report)
}

/// Desired must lie within the file's own bounds, and within what the contract takes.
fn check_bounds(parameter: &DirectedParameter, fields: &Fields<'_>, report: &mut Report<'_>) {
    let DirectedParameter { name, desired, min, max, .. } = parameter;
    let name = shortened(name);
    if let (Some(least), Some(most)) = (min, max)
        && least > most
    {
        let message = format_args!("the least {least} is more than the most {most}");
        report.error("bounds-crossed", fields.at("min"), message, format_args!("exchange them"));
        return;
    }
    if let Some(least) = min.filter(|least| desired < least) {
        let message = format_args!("{name} shall be {desired}, and {least} is the least");
        let help = format_args!("raise desired, or lower min");
        report.error("below-minimum", fields.at("desired"), message, help);
    }
    if let Some(most) = max.filter(|most| desired > most) {
        let message = format_args!("{name} shall be {desired}, and {most} is the most");
        let help = format_args!("lower desired, or raise max");
        report.error("above-maximum", fields.at("desired"), message, help);
    }
    let argument = parameter.argument();
    let is_share = argument.ends_with("Bps");
    let is_time = argument.ends_with("Seconds") || argument == "guardianReviewWindow";
    if is_share && *desired > U256::from(WHOLE_BPS) {
        let message = format_args!("{desired} basis points are more than the whole");
        let help = format_args!("write {WHOLE_BPS} at most");
        report.error("out-of-range", fields.at("desired"), message, help);
    }
    if is_time && desired.is_zero() {
        let message = format_args!("the contract refuses a {argument} of zero");
        report.error("out-of-range", fields.at("desired"), message, format_args!("write seconds"));
    }
}

fn check_call(parameter: &DirectedParameter, fields: &Fields<'_>, report: &mut Report<'_>) {
    let call = shortened(&parameter.call);
    let place = fields.at("call");
    if parts::canonical(&parameter.call).is_none() {
        let message = format_args!("{call:?} is no call of a function");
        let help =
            format_args!("write name and types, as in updateRiskParameters(uint64,uint64,uint256)");
        report.error("malformed", place, message, help);
        return;
    }
    match parameter.slot() {
        Ok(slot) if parameter.desired.bit_len() > slot.bits => {
            let message = format_args!("{} is too large for uint{}", parameter.desired, slot.bits);
            let help = format_args!("the function takes no larger number");
            report.error("out-of-range", fields.at("desired"), message, help);
        }
        Ok(slot) if parts::function(&parameter.call).is_none() => {
            let message = format_args!("these contracts have no function {call:?} for the owner");
            let name = slot.function.name();
            let help = format_args!("{name} is used, which changes what stands at this path");
            report.warning("unknown-function", place, message, help);
        }
        Ok(_) => {}
        Err(NoSlot::NoSuchArgument) => {
            let message =
                format_args!("{call:?} has no whole number named `{}`", parameter.argument());
            let help = format_args!("name the function that changes what stands at the path");
            report.error("no-such-argument", place, message, help);
        }
        Err(NoSlot::NoSuchFunction) => {
            let message = format_args!("these contracts have no function {call:?} for the owner");
            let help = format_args!(
                "no contract holds what stands at this path: it is shown, and changed in the manifest"
            );
            report.warning("unknown-function", place, message, help);
        }
    }
}
