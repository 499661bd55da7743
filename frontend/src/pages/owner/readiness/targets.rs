//! The contracts behind the levers: whether each is there, and whom it obeys.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::chain::{ContractName, Contracts};

use super::standing::{OWNED, Standing};
use crate::format;
use crate::pages::owner::center::use_center;
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::{Cell, Row, Sorting};
use crate::pages::owner::table::{DataTable, Plan};
use crate::ui::{Card, Tone};

const PLAN: Plan = Plan {
    caption: "Contracts behind the levers",
    testid: "owner-targets",
    headings: &["Contract", "Code", "Obeys", "Address"],
    empty: ("Nothing read yet", "The chain has not answered."),
};

/// Whom a contract must obey; `None` where its roles are told elsewhere.
fn expected(name: ContractName, contracts: &Contracts) -> Option<Address> {
    if name == ContractName::SystemPause {
        return Some(contracts.manager);
    }
    let is_the_doors = name == ContractName::Manager || OWNED.contains(&name);
    is_the_doors.then_some(contracts.owner_proxy)
}

fn rows(standing: &Standing, contracts: &Contracts) -> Vec<Row> {
    let row = |(name, address): (ContractName, Address)| {
        let code = if standing.has_code(name) {
            Cell::state(Tone::Ok, "There").by(1_u64)
        } else {
            Cell::state(Tone::Bad, "No contract").by(0_u64)
        };
        let obeys = match (expected(name, contracts), standing.obeys(name)) {
            (None, _) => Cell::words("its roles"),
            (Some(_), None) => Cell::state(Tone::Unknown, "Not told"),
            (Some(expected), Some(found)) if expected == found => {
                let who = contracts.name_of(found).map_or_else(String::new, |it| it.to_string());
                Cell::state(Tone::Ok, who)
            }
            (Some(expected), Some(found)) => {
                let [found, expected] = [found, expected].map(|it| format::short_address(&it));
                Cell::state_why(
                    Tone::Bad,
                    "Somebody else",
                    format!("found {found}, expected {expected}"),
                )
            }
        };
        let address = Cell::copy(address, "address");
        Row {
            id: name.to_string(),
            cells: vec![Cell::words(name.to_string()), code, obeys, address],
        }
    };
    contracts.named().into_iter().map(row).collect()
}

/// The contracts.
#[component]
pub(super) fn Targets() -> impl IntoView {
    let center = use_center();
    let rows = Signal::derive(move || {
        let Some(contracts) = center.contracts() else { return Vec::new() };
        center
            .standing
            .value()
            .with(|it| it.as_ref().map(|it| rows(it, &contracts)).unwrap_or_default())
    });
    view! {
        <Card title="Contracts" testid="owner-readiness-targets">
            <Faces face=center.standing.face() loading="Reading the contracts" on_retry=center.retry()>
                <DataTable plan=PLAN rows sorting=Sorting::up(1) />
            </Faces>
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_address_and_a_foreign_owner_show() {
        let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
        let mut standing = Standing {
            code: vec![true; 16],
            owners: OWNED.map(|_| Some(contracts.owner_proxy)).to_vec(),
            manager_governance: Some(Address::repeat_byte(9)),
            ..Standing::default()
        };
        standing.code[0] = false;
        let rows = rows(&standing, &contracts);
        let find = |name: ContractName| rows.iter().find(|row| row.id == name.to_string()).unwrap();

        assert_eq!(
            find(ContractName::Token).cells[1],
            Cell::state(Tone::Bad, "No contract").by(0_u64)
        );
        assert_eq!(
            find(ContractName::Manager).cells[2],
            Cell::state_why(Tone::Bad, "Somebody else", "found 0x0909…0909, expected 0x0000…0002")
        );
        assert_eq!(find(ContractName::BudgetManager).cells[2], Cell::state(Tone::Ok, "OwnerProxy"));
    }
}
