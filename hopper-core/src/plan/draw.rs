//! A plan as a drawing: Graphviz DOT and Mermaid.

use super::Plan;
use std::fmt::Write as _;

impl Plan {
    /// The graph in the DOT language of [Graphviz](https://graphviz.org/doc/info/lang.html).
    ///
    /// Data edges are solid, other run edges dashed, undo edges dotted.
    #[must_use]
    pub fn to_dot(&self) -> String {
        // A step's name holds no quotes; a workflow's may.
        let name = self.name.replace('\\', "\\\\").replace('"', "\\\"");
        let mut dot = format!("digraph \"{name}\" {{\n  rankdir=LR;\n  node [shape=box];\n");
        for n in &*self.nodes {
            let _ = writeln!(dot, "  \"{}\" [label=\"{}\\n{}\"];", n.name, n.name, n.kind());
        }
        for (from, to, edge) in self.edges() {
            let (from, to) = (&self.nodes[from].name, &self.nodes[to].name);
            let style = match edge {
                Edge::Data => "solid",
                Edge::Order => "dashed",
                Edge::Undo => "dotted, label=\"undone after\"",
            };
            let _ = writeln!(dot, "  \"{from}\" -> \"{to}\" [style={style}];");
        }
        dot + "}\n"
    }

    /// The graph as a [Mermaid](https://mermaid.js.org/syntax/flowchart.html) flow chart.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut chart = "flowchart LR\n".to_owned();
        for (i, n) in self.nodes.iter().enumerate() {
            let _ = writeln!(chart, "  s{i}[\"{}<br/>{}\"]", n.name, n.kind());
        }
        for (from, to, edge) in self.edges() {
            let arrow = match edge {
                Edge::Data => "-->",
                Edge::Order => "-.->",
                Edge::Undo => "-. undone after .->",
            };
            let _ = writeln!(chart, "  s{from} {arrow} s{to}");
        }
        chart
    }

    /// Every edge as the indices of its ends.
    fn edges(&self) -> impl Iterator<Item = (usize, usize, Edge)> {
        self.nodes.iter().enumerate().flat_map(|(to, n)| {
            let data = n.data.iter().map(move |&from| (from, to, Edge::Data));
            let order = n.order_edges().into_iter().map(move |from| (from, to, Edge::Order));
            data.chain(order).chain(n.undo_before.iter().map(move |&from| (from, to, Edge::Undo)))
        })
    }
}

#[derive(Clone, Copy)]
enum Edge {
    Data,
    Order,
    Undo,
}
