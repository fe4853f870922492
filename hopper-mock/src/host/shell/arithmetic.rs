//! `$((...))`.

use brush_parser::arithmetic;
use brush_parser::ast::{
    ArithmeticExpr, ArithmeticTarget, BinaryOperator, UnaryAssignmentOperator, UnaryOperator,
};
use brush_parser::word::Parameter;

use super::{Flow, Io, Shell};

impl Shell {
    /// The value of an arithmetic expression.
    pub(super) async fn arithmetic(&mut self, expression: &str, io: &Io) -> Result<i64, Flow> {
        let expanded = Box::pin(self.word(expression, io)).await?;
        let value = arithmetic::parse(&expanded).ok().and_then(|parsed| self.value_of(&parsed));
        value.ok_or_else(|| {
            io.err(format!("{}: {expanded}: arithmetic expression expected", self.name));
            Flow::Exit(1)
        })
    }

    fn value_of(&mut self, expression: &ArithmeticExpr) -> Option<i64> {
        use ArithmeticExpr as Expr;
        Some(match expression {
            Expr::Literal(value) => *value,
            Expr::Reference(target) => self.target(target)?,
            Expr::UnaryOp(operator, inner) => {
                let value = self.value_of(inner)?;
                match operator {
                    UnaryOperator::UnaryPlus => value,
                    UnaryOperator::UnaryMinus => value.checked_neg()?,
                    UnaryOperator::BitwiseNot => !value,
                    UnaryOperator::LogicalNot => i64::from(value == 0),
                }
            }
            Expr::BinaryOp(operator, left, right) => {
                let (left, right) = (self.value_of(left)?, self.value_of(right)?);
                binary(operator, left, right)?
            }
            Expr::Conditional(condition, yes, no) => {
                let branch = if self.value_of(condition)? != 0 { yes } else { no };
                self.value_of(branch)?
            }
            Expr::Assignment(target, value) => {
                let value = self.value_of(value)?;
                self.assign(target, value)?
            }
            Expr::BinaryAssignment(operator, target, value) => {
                let (old, value) = (self.target(target)?, self.value_of(value)?);
                self.assign(target, binary(operator, old, value)?)?
            }
            Expr::UnaryAssignment(operator, target) => {
                let old = self.target(target)?;
                let (new, is_before) = match operator {
                    UnaryAssignmentOperator::PrefixIncrement => (old.checked_add(1)?, true),
                    UnaryAssignmentOperator::PrefixDecrement => (old.checked_sub(1)?, true),
                    UnaryAssignmentOperator::PostfixIncrement => (old.checked_add(1)?, false),
                    UnaryAssignmentOperator::PostfixDecrement => (old.checked_sub(1)?, false),
                };
                self.assign(target, new)?;
                if is_before { new } else { old }
            }
        })
    }

    fn target(&self, target: &ArithmeticTarget) -> Option<i64> {
        match target {
            ArithmeticTarget::Variable(name) => {
                match self.value(&Parameter::Named(name.clone())).as_deref() {
                    None | Some("") => Some(0),
                    Some(value) => value.trim().parse().ok(),
                }
            }
            ArithmeticTarget::ArrayElement(..) => None,
        }
    }

    fn assign(&mut self, target: &ArithmeticTarget, value: i64) -> Option<i64> {
        let ArithmeticTarget::Variable(name) = target else { return None };
        self.variables.insert(name.clone(), value.to_string());
        Some(value)
    }
}

fn binary(operator: &BinaryOperator, left: i64, right: i64) -> Option<i64> {
    Some(match operator {
        BinaryOperator::Power => left.checked_pow(u32::try_from(right).ok()?)?,
        BinaryOperator::Multiply => left.checked_mul(right)?,
        BinaryOperator::Divide => left.checked_div(right)?,
        BinaryOperator::Modulo => left.checked_rem(right)?,
        BinaryOperator::Comma => right,
        BinaryOperator::Add => left.checked_add(right)?,
        BinaryOperator::Subtract => left.checked_sub(right)?,
        BinaryOperator::ShiftLeft => left.checked_shl(u32::try_from(right).ok()?)?,
        BinaryOperator::ShiftRight => left.checked_shr(u32::try_from(right).ok()?)?,
        BinaryOperator::LessThan => i64::from(left < right),
        BinaryOperator::LessThanOrEqualTo => i64::from(left <= right),
        BinaryOperator::GreaterThan => i64::from(left > right),
        BinaryOperator::GreaterThanOrEqualTo => i64::from(left >= right),
        BinaryOperator::Equals => i64::from(left == right),
        BinaryOperator::NotEquals => i64::from(left != right),
        BinaryOperator::BitwiseAnd => left & right,
        BinaryOperator::BitwiseXor => left ^ right,
        BinaryOperator::BitwiseOr => left | right,
        BinaryOperator::LogicalAnd => i64::from(left != 0 && right != 0),
        BinaryOperator::LogicalOr => i64::from(left != 0 || right != 0),
    })
}
