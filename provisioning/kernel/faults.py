"""From a refusal to the declared fault."""

from provisioning.kernel.errors import CODES, Family, Refusal
from provisioning.kernel.messages import FieldViolation, ProvisioningFault
from provisioning.kernel.texts import Language


def fault_of(refusal: Refusal, language: Language, transaction_id: str) -> ProvisioningFault:
    """What the caller learns of a refusal, in its language."""
    code = CODES[refusal.code]
    return ProvisioningFault(
        code=refusal.code,
        reason=refusal.reason(language),
        field=refusal.field,
        object=refusal.object,
        retryable=code.retryable,
        retry_after_seconds=refusal.retry_after,
        transaction_id=transaction_id,
        violation=tuple(
            FieldViolation(field=each.field, code=each.code, reason=each.reason(language))
            for each in refusal.violations
        ),
        current_version=refusal.values.get("current"),
        limit=refusal.values.get("allowed"),
        used=refusal.values.get("used", refusal.values.get("count") if refusal.code == "IN_USE" else None),
    )


def is_callers_mistake(fault: ProvisioningFault) -> bool:
    """Whom SOAP blames: a mistake of the caller is never a Server fault."""
    return CODES[fault.code].family is not Family.SERVICE
