-- Applications whose owner was deleted before they went to the administrators by that.

with disowned as (
       update applications
          set owner_id = null, interactions_endpoint_url = null
        where owner_id is not null
          and not exists (select from accounts a where a.user_id = owner_id)
    returning id
)
delete from tokens
 where user_id in (select id from disowned);
