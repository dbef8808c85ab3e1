"""Every room's operations and reactions, in published order: the table of contents."""

from provisioning import (
    access,
    changes,
    companies,
    daily,
    dids,
    extensions,
    messages,
    options,
    packages,
    phone_access,
    phone_sessions,
    phone_systems,
    reconciliations,
    restrictions,
    service,
    services,
    signups,
    subscriptions,
    tasks,
    users,
)
from provisioning.kernel.operation import Operation
from provisioning.kernel.phone_state import PhoneStateAsked
from provisioning.kernel.unit_of_work import Reactions

PUBLISHED: tuple[Operation, ...] = (
    *service.OPERATIONS,
    *companies.OPERATIONS,
    *access.OPERATIONS,
    *users.OPERATIONS,
    *dids.OPERATIONS,
    *extensions.OPERATIONS,
    *packages.OPERATIONS,
    *services.OPERATIONS,
    *restrictions.OPERATIONS,
    *options.OPERATIONS,
    *signups.OPERATIONS,
    *messages.OPERATIONS,
    *phone_access.OPERATIONS,
    *phone_sessions.OPERATIONS,
    *changes.OPERATIONS,
    *subscriptions.OPERATIONS,
    *tasks.OPERATIONS,
    *reconciliations.OPERATIONS,
)

# For the command line alone; in no WSDL.
OPERATOR: tuple[Operation, ...] = (
    *companies.OPERATOR_OPERATIONS,
    *phone_systems.OPERATOR_OPERATIONS,
    *services.OPERATOR_OPERATIONS,
    *signups.OPERATOR_OPERATIONS,
    *subscriptions.OPERATOR_OPERATIONS,
    *users.OPERATOR_OPERATIONS,
    *dids.OPERATOR_OPERATIONS,
    *daily.OPERATOR_OPERATIONS,
)

REACTIONS: Reactions = {
    service.ContractAsked: (lambda asked, _unit: asked.tell(PUBLISHED),),
    companies.CompanyCreated: (users.number_users, extensions.draw_range),
    companies.CompanyChanged: (extensions.redraw_range,),
    companies.CompanySuspended: (users.concern_users,),
    companies.CompanyResumed: (users.concern_users,),
    companies.CompanyDeleted: (
        users.delete_users,
        access.revoke_clients_of,
        dids.empty_company,
        extensions.remove_range,
    ),
    access.ClientRevoked: (subscriptions.end_subscriptions_of,),
    companies.CompanyCounting: (users.count, dids.count, extensions.count),
    users.OwnChange: (options.refuse_own_change,),
    users.HolderSought: (dids.name_holder,),
    users.PackageSought: (packages.name_package,),
    users.UserCreated: (
        dids.give_wished,
        extensions.give_wished,
        packages.give_wished,
        restrictions.apply_wished,
        services.configure_wished,
        options.set_wished,
    ),
    users.UserLeftCompany: (
        dids.free_all,
        extensions.free,
        packages.lose_packages,
        restrictions.lose_restrictions,
        options.lose_accounts,
    ),
    users.UserMoved: (
        dids.free_all,
        extensions.free,
        packages.lose_packages,
        restrictions.lose_restrictions,
        options.lose_accounts,
    ),
    users.PinChanged: (messages.end_links,),
    users.UserJoinedCompany: (packages.join_with_defaults,),
    users.UserDeleted: (dids.free_all, extensions.free, options.free_accounts),
    users.UserRejected: (
        dids.free_all,
        extensions.free,
        packages.lose_packages,
        restrictions.lose_restrictions,
        options.lose_accounts,
    ),
    users.RestoreWindowEnded: (
        dids.forget,
        extensions.forget,
        services.forget_settings,
        options.forget_accounts,
    ),
    users.UserRestored: (dids.give_back, extensions.give_back, options.give_accounts_back),
    services.IncludedServices: (packages.answer_included,),
    phone_systems.PhoneSystemRemoved: (dids.let_all_go,),
    PhoneStateAsked: (
        users.tell_users,
        dids.tell_numbers,
        packages.tell_voicemail,
        restrictions.tell_barred,
        options.tell_accounts,
    ),
}

# By what users are listed besides what their own room knows.
users.FILTERS.update(packages.USER_FILTERS)

LOST_RACES = {
    **companies.LOST_RACES,
    **access.LOST_RACES,
    **users.LOST_RACES,
    **extensions.LOST_RACES,
    **packages.LOST_RACES,
    **restrictions.LOST_RACES,
    **options.LOST_RACES,
    **signups.LOST_RACES,
    **phone_systems.LOST_RACES,
    **reconciliations.LOST_RACES,
}

# What each room keeps sealed, put under the first key: `provisioning keys rotate`.
RESEALS = (
    access.reseal,
    users.reseal,
    services.reseal,
    options.reseal,
    phone_systems.reseal,
    messages.reseal,
    subscriptions.reseal,
)
