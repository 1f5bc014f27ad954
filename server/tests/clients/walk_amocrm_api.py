# pyright: basic, reportMissingImports=false, reportMissingTypeStubs=false, reportAttributeAccessIssue=false, reportArgumentType=false
"""amocrm-api (Krukov), unchanged: TOKEN SUBDOMAIN CONTACTS OTHER_TOKEN CLIENT_ID SECRET REDIRECT CODE."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from amocrm.v2 import Company, Contact, Event, Lead, Pipeline, Status, Tag, Task, User, custom_field, exceptions, tokens
from amocrm.v2.account import Account, AccountInteraction
from amocrm.v2.entity.customer import Customer
from amocrm.v2.filters import DateRangeFilter, SingleFilter, SingleListFilter
from amocrm.v2.interaction import GenericInteraction
from amocrm.v2.manager import Manager

from tests.clients.steps import refused, step, walk

TOKEN, SUBDOMAIN, COUNT, OTHER, CLIENT, SECRET, REDIRECT, CODE = sys.argv[1:]
storage = tokens.MemoryTokensStorage()
storage.save_tokens(TOKEN, "none")
tokens.default_token_manager("id", "secret", SUBDOMAIN, "https://app.example/", storage)


class Person(Contact):
    phone = custom_field.ContactPhoneField("Phone")
    email = custom_field.ContactEmailField("Email")


@step
def oauth() -> None:
    own = tokens.TokenManager()
    kept = tokens.MemoryTokensStorage()
    own(CLIENT, SECRET, SUBDOMAIN, REDIRECT, kept)
    own.init(CODE)
    contacts = GenericInteraction(token_manager=own, path="contacts")
    first = next(contacts.get_all())
    kept.save_tokens(*own._get_new_tokens())
    assert next(contacts.get_all()) == first
    refused(Exception, lambda: own.init("a code that nobody has given"))


@step
def account() -> None:
    # The client's own get_account_info asks its interaction for what it has not got.
    found = Manager(AccountInteraction(), model=Account).get(object_id=1)
    assert found.subdomain == SUBDOMAIN, found.subdomain
    assert found.task_types and found.users_groups is not None and found.datetime_settings
    assert found.current_user.email and found.contact_name_display_order in (1, 2)


@step
def users() -> None:
    listed = list(User.objects.all())
    assert len(listed) >= 4
    one = User.objects.get(object_id=listed[0].id)
    assert one.name == listed[0].name and one.is_active is True and one.mail_access in (True, False)
    assert User.objects.get(query=listed[1].name).id == listed[1].id


@step
def pipelines() -> None:
    (pipeline,) = Pipeline.objects.all()
    assert pipeline.is_main and not pipeline.is_archive and len(pipeline.statuses) == 7
    statuses = list(Status.get_for(pipeline).all())
    assert [each.id for each in statuses][-2:] == [142, 143]
    assert Pipeline.objects.get(object_id=pipeline.id).name == pipeline.name


@step
def contacts() -> None:
    made = Person(name="Ivan Krukov", phone="+79990001122", email="ivan@example.com")
    made.tags.append("vip")
    made.save()
    read = Person.objects.get(object_id=made.id)
    assert (read.name, read.first_name, read.last_name) == ("Ivan Krukov", "Ivan", "Krukov")
    assert (read.phone, read.email) == ("+79990001122", "ivan@example.com")
    assert [tag.name for tag in read.tags] == ["vip"]
    assert isinstance(read.created_at, datetime) and read.responsible_user.name
    read.name = "Ivan Changed"
    read.phone = "+79990003344"
    read.save()
    again = Person.objects.get(object_id=made.id)
    assert (again.name, again.phone, again.email) == ("Ivan Changed", "+79990003344", "ivan@example.com")
    for query in ("+79990003344", "89990003344", "9990003344", "changed"):
        assert Person.objects.get(query=query).id == made.id, query
    assert not list(Person.objects.filter(query="+79990001122"))


@step
def tags() -> None:
    tag = Tag.contacts.create(name="from tags")
    assert tag.name == "from tags" and tag.id in [each.id for each in Tag.contacts.all()]
    made = Contact.objects.create(name="Tagged")
    read = Contact.objects.get(object_id=made.id)
    read.tags.append(Tag(data={"id": tag.id, "name": tag.name}))
    read.save()
    read = Contact.objects.get(object_id=made.id)
    assert [each.id for each in read.tags] == [tag.id]
    read.tags.remove(tag.id)
    read.save()
    assert [each.id for each in Contact.objects.get(object_id=made.id).tags] == []


@step
def paging() -> None:
    seen = [contact.id for contact in Contact.objects.all()]
    assert len(seen) == len(set(seen)) >= int(COUNT), len(seen)
    assert seen == sorted(seen)
    newest = [c.id for c in Contact.objects.filter(order={"id": "desc"})]
    assert newest == seen[::-1]


@step
def filters() -> None:
    some = [contact.id for _, contact in zip(range(3), Contact.objects.all(), strict=False)]
    found = Contact.objects.filter(filters=[SingleListFilter("id")(some)])
    assert [contact.id for contact in found] == some
    hour = timedelta(hours=1)
    now = datetime.now()
    recent = Contact.objects.filter(filters=[DateRangeFilter("updated_at")(now - hour, now + hour)])
    assert next(iter(recent)).id == some[0]
    old = Contact.objects.filter(filters=[DateRangeFilter("updated_at")(now - 3 * hour, now - 2 * hour)])
    assert list(old) == []


@step
def companies_and_links() -> None:
    company = Company(name="Horns and Hoofs").save()
    contact = Contact.objects.get(object_id=Contact.objects.create(name="Clerk").id)
    contact.company = company
    assert Contact.objects.get(object_id=contact.id).company.name == "Horns and Hoofs"
    linked = Company.objects.get(object_id=company.id).contacts
    assert [each.id for each in linked] == [contact.id]


@step
def leads() -> None:
    pipeline = next(iter(Pipeline.objects.all()))
    lead = Lead(name="Order", price=1500, pipeline=pipeline, status=pipeline.statuses[2]).save()
    read = Lead.objects.get(object_id=lead.id)
    assert (read.name, read.price, read.status.id, read.pipeline.id) == (
        "Order", 1500, pipeline.statuses[2].id, pipeline.id)  # fmt: skip
    contact = Contact.objects.create(name="Buyer")
    read.contacts.append(contact, main=True)
    assert [each.id for each in Lead.objects.get(object_id=lead.id).contacts] == [contact.id]
    assert [each.id for each in Contact.objects.get(object_id=contact.id).leads] == [lead.id]
    read.status = 142
    read.price = 2000
    read.save()
    won = Lead.objects.get(object_id=lead.id)
    assert won.status.id == 142 and won.price == 2000 and won.closed_at is not None
    assert won.loss_reason is not None or won.loss_reason_id is None


@step
def notes() -> None:
    contact = Contact.objects.create(name="Noted")
    contact = Contact.objects.get(object_id=contact.id)
    made = contact.notes(text="Agreed").save()
    call = contact.notes(phone="+79990001122", duration=62, source="pbx", uniq="u1", link="https://pbx.example/1.mp3")
    call.save()
    listed = {note.id: note for note in contact.notes.objects.all()}
    assert set(listed) == {made.id, call.id}
    assert (listed[made.id].note_type, listed[made.id].text) == ("common", "Agreed")
    assert (listed[call.id].note_type, listed[call.id].duration) == ("call_in", 62)
    one = contact.notes.objects.get(object_id=made.id)
    assert one.text == "Agreed" and one.responsible_user.name
    one.text = "Changed"
    one.save()
    assert contact.notes.objects.get(object_id=made.id).text == "Changed"


@step
def tasks() -> None:
    lead = Lead.objects.get(object_id=Lead.objects.create(name="With tasks").id)
    lead.tasks.add(Task(text="Call back", complete_till=datetime.now() + timedelta(days=1)))
    (task,) = lead.tasks
    assert (task.text, task.entity_type, task.entity_id, task.is_completed) == ("Call back", "leads", lead.id, False)
    assert task.entity.name == "With tasks" and task.duration_sec == 0 and task.result is None
    done = Task(data={"id": task.id})  # the client cannot put a result into the empty list that amoCRM sends
    done.is_completed = True
    done.result = "Done"
    done.save()
    read = Task.objects.get(object_id=task.id)
    assert read.is_completed and read.result == "Done"


@step
def customers() -> None:
    made = Customer.objects.create(name="Regular", next_price=100)
    read = Customer.objects.get(object_id=made.id)
    assert (read.name, read.next_price, read.purchases_count, read.is_deleted) == ("Regular", 100, 0, False)


@step
def events() -> None:
    found = list(Event.objects.filter(filters=[SingleFilter("type")("lead_added")]))
    assert found and {each.type for each in found} == {"lead_added"}
    moved = list(Event.objects.filter(filters=[SingleFilter("type")("lead_status_changed")]))
    assert moved and moved[0].value_after is not None and moved[0].entity_type == "lead"
    assert len(list(Event.objects.all())) >= int(COUNT)


@step
def errors() -> None:
    refused(exceptions.NotFound, lambda: Contact.objects.get(object_id=999_999_999))
    refusal = refused(exceptions.ValidationError, lambda: Lead.objects.create(name="x", status_id=1, pipeline_id=1))
    assert refusal.args[0]["validation-errors"][0]["request_id"] == "0", refusal
    refused(exceptions.ValidationError, lambda: Task.objects.create(text="no deadline"))
    storage.save_tokens(OTHER, "none")
    refused(exceptions.PermissionsDenyException, lambda: list(User.objects.all()))
    storage.save_tokens(TOKEN[:-8] + "AAAAAAAA", "none")
    refused(exceptions.UnAuthorizedException, lambda: list(Contact.objects.all()))
    storage.save_tokens(TOKEN, "none")


walk()
