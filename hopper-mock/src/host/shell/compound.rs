//! Compound commands: groups, subshells, `if`, `for`, `while`, `case`.

use brush_parser::ast::{
    CaseClauseCommand, CaseItemPostAction, CompoundCommand, CompoundList, ForClauseCommand,
    IfClauseCommand, WhileOrUntilClauseCommand,
};

use super::fields::text;
use super::{Flow, Io, Shell, pattern};

impl Shell {
    /// Runs a compound command.
    pub(super) async fn compound(
        &mut self,
        command: &CompoundCommand,
        io: &Io,
    ) -> Result<(), Flow> {
        match command {
            CompoundCommand::BraceGroup(group) => self.run_list(&group.list, io).await,
            CompoundCommand::Subshell(inner) => {
                self.status = self.subshell(&inner.list, io).await;
                Ok(())
            }
            CompoundCommand::IfClause(clause) => self.if_clause(clause, io).await,
            CompoundCommand::ForClause(clause) => self.for_clause(clause, io).await,
            CompoundCommand::WhileClause(clause) => self.while_clause(clause, true, io).await,
            CompoundCommand::UntilClause(clause) => self.while_clause(clause, false, io).await,
            CompoundCommand::CaseClause(clause) => self.case_clause(clause, io).await,
            CompoundCommand::Arithmetic(command) => {
                let value = self.arithmetic(&command.expr.value, io).await?;
                self.status = i32::from(value == 0);
                Ok(())
            }
            CompoundCommand::ArithmeticForClause(_) | CompoundCommand::Coprocess(_) => {
                io.err(format!("{}: the simulator has no such command", self.name));
                Err(Flow::Exit(2))
            }
        }
    }

    /// Runs a list in a shell of its own.
    pub(super) async fn subshell(&self, list: &CompoundList, io: &Io) -> i32 {
        let mut inner = self.clone();
        inner.at_exit = None;
        match inner.run_list(list, io).await {
            Ok(()) | Err(Flow::Break(_) | Flow::Continue(_)) => inner.status,
            Err(Flow::Exit(status) | Flow::Return(status)) => status,
        }
    }

    /// Runs a list to see whether it succeeds.
    async fn condition(&mut self, list: &CompoundList, io: &Io) -> Result<bool, Flow> {
        self.conditions += 1;
        let ended = self.run_list(list, io).await;
        self.conditions -= 1;
        ended?;
        Ok(self.status == 0)
    }

    async fn if_clause(&mut self, clause: &IfClauseCommand, io: &Io) -> Result<(), Flow> {
        if self.condition(&clause.condition, io).await? {
            return self.run_list(&clause.then, io).await;
        }
        for other in clause.elses.iter().flatten() {
            let is_met = match &other.condition {
                Some(condition) => self.condition(condition, io).await?,
                None => true,
            };
            if is_met {
                return self.run_list(&other.body, io).await;
            }
        }
        self.status = 0;
        Ok(())
    }

    async fn for_clause(&mut self, clause: &ForClauseCommand, io: &Io) -> Result<(), Flow> {
        let values = match &clause.values {
            Some(words) => self.words(&words.iter().collect::<Vec<_>>(), io).await?,
            None => self.arguments.clone(),
        };
        self.status = 0;
        for value in values {
            self.variables.insert(clause.variable_name.clone(), value);
            if self.body(&clause.body.list, io).await? {
                break;
            }
        }
        Ok(())
    }

    async fn while_clause(
        &mut self,
        clause: &WhileOrUntilClauseCommand,
        expected: bool,
        io: &Io,
    ) -> Result<(), Flow> {
        let mut status = 0;
        while self.condition(&clause.0, io).await? == expected {
            self.status = 0;
            let is_over = self.body(&clause.1.list, io).await?;
            status = self.status;
            if is_over {
                break;
            }
            // A loop that waits for nothing must not keep everything else from going on.
            tokio::task::yield_now().await;
        }
        self.status = status;
        Ok(())
    }

    /// Runs the body of a loop once, and says whether the loop is over.
    async fn body(&mut self, list: &CompoundList, io: &Io) -> Result<bool, Flow> {
        match self.run_list(list, io).await {
            Ok(()) | Err(Flow::Continue(1)) => Ok(false),
            Err(Flow::Break(1)) => Ok(true),
            Err(Flow::Break(n)) => Err(Flow::Break(n - 1)),
            Err(Flow::Continue(n)) => Err(Flow::Continue(n - 1)),
            Err(other) => Err(other),
        }
    }

    async fn case_clause(&mut self, clause: &CaseClauseCommand, io: &Io) -> Result<(), Flow> {
        let value = text(&self.parts(&clause.value.value, io).await?);
        self.status = 0;
        let mut falls_through = false;
        for item in &clause.cases {
            let mut is_match = falls_through;
            for candidate in &item.patterns {
                let parts = self.parts(&candidate.value, io).await?;
                is_match |=
                    pattern::regex(&parts, false).is_some_and(|regex| regex.is_match(&value));
            }
            if !is_match {
                continue;
            }
            if let Some(list) = &item.cmd {
                self.run_list(list, io).await?;
            }
            match item.post_action {
                CaseItemPostAction::ExitCase => return Ok(()),
                CaseItemPostAction::UnconditionallyExecuteNextCaseItem => falls_through = true,
                CaseItemPostAction::ContinueEvaluatingCases => falls_through = false,
            }
        }
        Ok(())
    }
}
