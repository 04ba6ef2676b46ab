//! The doors: every route that is documented, with the ids that fit a person.

use std::collections::BTreeSet;

use tests::System;

use super::person::all;

/// Every id that an address may hold, by the name of its place.
pub(super) struct Ids {
    pub(super) tickets: Vec<i64>,
    pub(super) reports: Vec<i64>,
    pub(super) motions: Vec<i64>,
    pub(super) openings: Vec<i64>,
    pub(super) people: Vec<i64>,
    pub(super) floods: Vec<i64>,
}

impl Ids {
    /// Of tickets those that this person's unit holds, one that it doesn't, and for the county one of each report.
    pub(super) async fn of(system: &System, account: i64) -> Self {
        Self {
            tickets: all(
                system,
                "(SELECT t.id FROM tickets t JOIN memberships m ON m.unit = t.unit AND m.ended_at IS NULL
                      AND m.role IN ('member', 'leader') WHERE m.account_id = $1 ORDER BY t.report_id, t.id LIMIT 4)
                 UNION (SELECT min(t.id) FROM tickets t WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.account_id = $1 AND m.unit = t.unit)
                        AND EXISTS (SELECT FROM memberships m WHERE m.account_id = $1 AND m.role IN ('member', 'leader'))
                        HAVING min(t.id) IS NOT NULL)
                 UNION SELECT min(t.id) FROM tickets t WHERE EXISTS (SELECT FROM memberships m WHERE m.account_id = $1
                        AND m.role NOT IN ('member', 'leader')) GROUP BY t.report_id
                 UNION SELECT t.id FROM tickets t WHERE t.state = 'close-requested' AND EXISTS (SELECT FROM memberships m
                        WHERE m.account_id = $1 AND m.role NOT IN ('member', 'leader')) ORDER BY 1",
                account,
            )
            .await,
            reports: all(system, "SELECT id FROM reports WHERE $1 = $1 ORDER BY id", 0_i64).await,
            motions: all(system, "SELECT id FROM motions WHERE $1 = $1 ORDER BY id", 0_i64).await,
            openings: all(system, "SELECT id FROM openings WHERE $1 = $1 ORDER BY id", 0_i64).await,
            people: all(
                system,
                "SELECT id FROM accounts WHERE login IN ('demo-member', 'demo-office') AND $1 = $1",
                0_i64,
            )
            .await,
            floods: all(system, "SELECT id FROM floods WHERE $1 = $1", 0_i64).await,
        }
    }

    /// The addresses of a route.
    pub(super) fn addresses(&self, route: &str) -> Vec<String> {
        let first = |name: &str, ids: &[i64], routes: Vec<String>| -> Vec<String> {
            if !route.contains(name) {
                return routes;
            }
            routes
                .iter()
                .flat_map(|path| ids.iter().map(|id| path.replace(name, &id.to_string())))
                .collect()
        };
        let ids = match route.trim_start_matches("/api/v1") {
            path if path.starts_with("/openings") => &self.openings,
            path if path.starts_with("/motions") => &self.motions,
            path if path.starts_with("/people") || path.starts_with("/grants") || path.starts_with("/factor") => {
                &self.people
            }
            path if path.starts_with("/floods") => &self.floods,
            _ => &self.tickets,
        };
        let acts: &[&str] = match route.trim_start_matches("/api/v1") {
            path if path.starts_with("/openings") => &["approve", "refuse", "review", "end", "withdraw"],
            path if path.starts_with("/closings") => &["confirm", "refuse"],
            path if path.starts_with("/motions") => &["grant", "refuse"],
            path if path.starts_with("/triage") => &["assign", "reroute"],
            path if path.starts_with("/floods") => &["ask", "confirm"],
            _ => &["refuse"],
        };
        let paths = first("{id}", ids, vec![route.to_owned()]);
        let paths = first("{report_id}", &self.reports, paths);
        let paths = first("{opening}", &self.openings, paths);
        paths
            .iter()
            .flat_map(|path| acts.iter().map(move |act| path.replace("{act}", act)))
            .map(|path| {
                path.replace("{obligation}", "protection-order")
                    .replace("{notice}", "00000000-0000-4000-8000-000000000000")
                    .replace("{version}", "1")
                    .replace("{table}", "disclosure")
                    .replace("{row}", "1")
                    .replace("{phone}", "1")
                    .replace("{unit}", "pol-341222101")
                    .replace("{code}", "pol-341222101")
            })
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }
}

/// Doors that end the session, or that no report stands behind and that change the person who walks.
pub(super) fn is_walked(method: &str, path: &str) -> bool {
    !path.starts_with("/assets/")
        && !path.starts_with("/logout")
        && method != "DELETE"
        && (method != "POST"
            || ![
                "/login",
                "/sessions",
                "/password",
                "/factor",
                "/phones",
                "/duty",
                "/people",
                "/units",
                "/rules",
                "/grants",
                "/api/v1/session",
                "/api/v1/grants",
            ]
            .iter()
            .any(|begin| path.starts_with(begin)))
}
